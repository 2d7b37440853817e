type Kind<Made extends Element> = new () => Made;

/** What a selector finds, of the class it must have: the page and its script are written together. */
export function find<Made extends Element>(within: ParentNode, selector: string, kind: Kind<Made>): Made {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A copy of what a `<template>` of the page holds. */
export function copyOf(template: string): DocumentFragment {
  return document.importNode(find(document, template, HTMLTemplateElement).content, true);
}
