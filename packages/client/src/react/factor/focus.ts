import { useEffect, useRef } from 'react';

/**
 * When what had the focus is gone, this has it, so that nobody is left at the top of the page. While a modal dialog is
 * still there it takes no focus from outside, and then gives it back to a button that may be gone: then after it.
 */
function focusIfLost(find: () => HTMLElement | null | undefined): () => void {
  const take = (): void => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) find()?.focus();
  };
  const isModal = (): boolean => document.querySelector('dialog:modal') !== null;
  if (!isModal()) take();
  const observer = new MutationObserver(() => {
    if (isModal()) return;
    observer.disconnect();
    take();
  });
  if (isModal()) observer.observe(document, { childList: true, subtree: true, attributeFilter: ['open'] });
  return () => observer.disconnect();
}

/** Whenever this value becomes another one, and the focus was lost with it, it goes to what is found. */
export function useFocusAfter(value: unknown, find: () => HTMLElement | null | undefined): void {
  const before = useRef(value);
  const latest = useRef(find);
  useEffect(() => {
    latest.current = find;
  });
  useEffect(() => {
    if (before.current === value) return undefined;
    before.current = value;
    return focusIfLost(() => latest.current());
  }, [value]);
}
