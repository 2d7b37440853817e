import type { ReactNode } from 'react';

export interface ActionProps {
  /** `main`: what the person has come for. */
  readonly kind: 'main' | 'quiet' | 'quiet countersign-not-me';
  /** Where the focus goes when this is shown. */
  readonly isFirst?: boolean;
  /** It stays where it is and keeps the focus, and does nothing. */
  readonly isOff?: boolean;
  readonly describedBy?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function Action({
  kind,
  isFirst,
  isOff = false,
  describedBy,
  onClick,
  children,
}: ActionProps): ReactNode {
  return (
    <button
      type="button"
      className={`countersign-${kind}`}
      data-first={isFirst}
      aria-disabled={isOff}
      aria-describedby={describedBy}
      onClick={isOff ? undefined : onClick}
    >
      {children}
    </button>
  );
}
