import type { ReactNode } from 'react';
import { CodeForm } from './code-form.tsx';
import type { EnrolmentConfirmProps } from './parts.ts';

/** A code that went to what was given. */
export function CodeConfirm(props: EnrolmentConfirmProps): ReactNode {
  const { confirmation, factor, messages } = props;
  return (
    <>
      <p>{messages.codeSent(confirmation?.challenge?.sentTo ?? factor.hint)}</p>
      <CodeForm {...props} autoFocus />
    </>
  );
}
