import type { ReactNode } from 'react';
import { Field } from './field.tsx';
import { Form } from './form.tsx';
import { textIn } from './form-text.ts';
import type { EnrolmentConfirmProps } from './parts.ts';

/** Ours are digits; what a method of the host takes for a code, its host knows. */
const digitMethods: ReadonlySet<string> = new Set(['otp', 'totp']);

interface CodeFormProps extends EnrolmentConfirmProps {
  readonly autoFocus?: boolean;
}

/** One field for a code: typed, pasted with spaces in it, or filled in by the browser. */
export function CodeForm({
  method,
  confirm,
  back,
  isBusy,
  problem,
  messages,
  autoFocus,
}: CodeFormProps): ReactNode {
  return (
    <Form
      submit={(form) => confirm({ code: textIn(form, 'code').replaceAll(/\s/g, '') })}
      action={messages.confirm}
      back={back}
      isBusy={isBusy}
      problem={null}
      messages={messages}
    >
      <Field
        label={messages.code}
        problem={problem}
        name="code"
        className="countersign-code"
        inputMode={digitMethods.has(method.key) ? 'numeric' : 'text'}
        autoComplete="one-time-code"
        autoCapitalize="off"
        spellCheck={false}
        required
        readOnly={isBusy}
        // What has been asked for is all there is to do here.
        autoFocus={autoFocus}
      />
    </Form>
  );
}
