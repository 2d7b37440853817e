import { useState, type ReactNode } from 'react';
import type { FactorMessages } from './messages.ts';

interface CopyButtonProps {
  readonly text: string;
  readonly messages: Pick<FactorMessages, 'copy' | 'copied'>;
}

/** Where a page may not write to the clipboard nothing happens: the text is there to be selected. */
export function CopyButton({ text, messages }: CopyButtonProps): ReactNode {
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  }
  return (
    <button
      type="button"
      className="countersign-quiet"
      onClick={() => void copy().catch(() => setCopied(false))}
    >
      <span aria-live="polite">{isCopied ? messages.copied : messages.copy}</span>
    </button>
  );
}
