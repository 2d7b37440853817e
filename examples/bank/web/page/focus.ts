/** Focuses what has just come, unless the person is somewhere else: a frame beside this one keeps its focus. */
export function focusHere(element: HTMLElement | null): void {
  if (document.hasFocus()) element?.focus();
}
