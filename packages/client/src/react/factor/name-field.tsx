import type { ReactNode } from 'react';
import { Field } from './field.tsx';
import { textIn } from './form-text.ts';
import type { FactorMessages } from './messages.ts';

const name = 'countersign-title';

/** What the person calls a factor: asked when it is begun, since to change it later has to be approved as well. */
export function NameField({
  messages,
  readOnly,
}: {
  readonly messages: FactorMessages;
  readonly readOnly: boolean;
}): ReactNode {
  return (
    <Field
      label={messages.name}
      hint={messages.nameHint}
      name={name}
      maxLength={100}
      autoComplete="off"
      readOnly={readOnly}
    />
  );
}

/** Left out when it is empty. */
export function nameIn(form: FormData): { readonly title?: string } {
  const title = textIn(form, name);
  return title === '' ? {} : { title };
}
