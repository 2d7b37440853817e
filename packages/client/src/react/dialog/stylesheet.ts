import { useInsertionEffect } from 'react';
import { dialogStylesheet } from '../../generated/dialog-stylesheet.ts';

const styledDocuments = new WeakSet<Document>();

/** Once a document, however many dialogs come and go. */
export function useStylesheet(isWanted: boolean, nonce: string | undefined): void {
  useInsertionEffect(() => {
    if (!isWanted || styledDocuments.has(document)) return;
    styledDocuments.add(document);
    const element = document.createElement('style');
    if (nonce !== undefined) element.nonce = nonce;
    element.textContent = dialogStylesheet;
    // First, so that a page's own rules of the same weight win.
    document.head.prepend(element);
  }, [isWanted, nonce]);
}
