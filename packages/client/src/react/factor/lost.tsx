import type { ReactNode } from 'react';
import type { EnrolmentConfirmProps } from './parts.ts';

/** What is shown once is null in an answer that was lost and asked for again. */
export function Lost({ back, messages }: EnrolmentConfirmProps): ReactNode {
  return (
    <>
      <p>{messages.lost}</p>
      <button type="button" className="countersign-primary" onClick={back}>
        {messages.back}
      </button>
    </>
  );
}
