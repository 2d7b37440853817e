import { useId, type ReactNode } from 'react';
import { Action } from './action.tsx';
import { Mark } from './mark.tsx';
import type { WayProps } from './proof-props.ts';

/** How it ended. A grant is shown for a moment, and goes by itself; the rest stays until it was read. */
export function Outcome({ view, ceremony, messages }: Omit<WayProps, 'method'>): ReactNode {
  const { state, reason } = view.request;
  const id = useId();
  const isGranted = state === 'granted';
  const isExpired = state === 'expired';
  return (
    <>
      <div id={id} className="countersign-outcome" data-first={isGranted || undefined} tabIndex={-1}>
        <Mark of={isGranted ? 'check' : 'cross'} />
        <strong>
          {isGranted ? messages.grantedTitle : isExpired ? messages.expiredTitle : messages.deniedTitle}
        </strong>
        {!isGranted && (
          <p>{isExpired ? messages.expiredText : messages.deniedText(reason, view.isDisowned)}</p>
        )}
      </div>
      {!isGranted && (
        <Action kind="main" isFirst describedBy={id} onClick={ceremony.close}>
          {messages.close}
        </Action>
      )}
    </>
  );
}
