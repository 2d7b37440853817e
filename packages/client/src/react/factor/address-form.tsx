import { useState, type ReactNode } from 'react';
import { Field } from './field.tsx';
import { Form } from './form.tsx';
import { textIn } from './form-text.ts';
import { NameField, nameIn } from './name-field.tsx';
import type { EnrolmentFormProps } from './parts.ts';
import { fieldsOf } from './schema-fields.ts';

/** Where one-time codes go. Which channels there are is said by the method's own schema. */
export function AddressForm({
  method,
  begin,
  back,
  isBusy,
  problem,
  messages,
}: EnrolmentFormProps): ReactNode {
  const channels = fieldsOf(method.factorSchema)?.find(({ name }) => name === 'channel')?.options ?? [];
  const [channel = '', choose] = useState(channels[0]);

  function submit(form: FormData): void {
    const address = textIn(form, 'address');
    begin({ config: { channel, address }, ...nameIn(form) });
  }
  return (
    <Form
      submit={submit}
      action={messages.begin}
      back={back}
      isBusy={isBusy}
      problem={problem}
      messages={messages}
    >
      {channels.length > 1 && (
        <fieldset className="countersign-choice">
          <legend>{messages.channel}</legend>
          {channels.map((each) => (
            <label key={each} className="countersign-check">
              <input
                type="radio"
                name="channel"
                value={each}
                checked={each === channel}
                onChange={() => !isBusy && choose(each)}
              />
              <span>{messages.channels[each] ?? each}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Field
        key={channel}
        label={messages.addresses[channel] ?? channel}
        hint={messages.addressHints[channel]}
        name="address"
        type={channel === 'email' ? 'email' : 'tel'}
        autoComplete={channel === 'email' ? 'email' : 'tel'}
        required
        readOnly={isBusy}
      />
      <NameField messages={messages} readOnly={isBusy} />
    </Form>
  );
}
