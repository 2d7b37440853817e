import type { ReactNode } from 'react';
import { Field } from './field.tsx';
import { Form } from './form.tsx';
import { NameField, nameIn } from './name-field.tsx';
import type { EnrolmentFormProps } from './parts.ts';
import { configOf, fieldsOf, type SchemaField } from './schema-fields.ts';

/** What a method asks for, drawn from its schema; for most of ours that is nothing but a name. */
export function SchemaForm({
  method,
  begin,
  back,
  isBusy,
  problem,
  messages,
}: EnrolmentFormProps): ReactNode {
  const fields = fieldsOf(method.factorSchema);
  if (fields === null)
    return (
      <div>
        <p>{messages.unsupported}</p>
        <button type="button" className="countersign-quiet" onClick={back}>
          {messages.back}
        </button>
      </div>
    );

  function submit(form: FormData): void {
    const config = fields?.length ? { config: configOf(fields, form) } : {};
    begin({ ...config, ...nameIn(form) });
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
      {fields.map((field) => (
        <SchemaLine key={field.name} field={field} readOnly={isBusy} />
      ))}
      <NameField messages={messages} readOnly={isBusy} />
    </Form>
  );
}

function SchemaLine({
  field,
  readOnly,
}: {
  readonly field: SchemaField;
  readonly readOnly: boolean;
}): ReactNode {
  const { name, label, hint, kind, isRequired, options, lengthMin, lengthMax, pattern } = field;
  switch (kind) {
    case 'switch':
      return (
        <label className="countersign-check">
          <input type="checkbox" name={name} />
          <span>{hint ?? label}</span>
        </label>
      );
    case 'choice':
      return (
        <label className="countersign-field">
          <span>{label}</span>
          {hint && <span className="countersign-hint">{hint}</span>}
          <select name={name} required={isRequired}>
            {!isRequired && <option value="" />}
            {options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
      );
    case 'text':
    case 'email':
    case 'number':
      return (
        <Field
          label={label}
          hint={hint}
          name={name}
          type={kind}
          required={isRequired}
          minLength={lengthMin}
          maxLength={lengthMax}
          pattern={pattern}
          readOnly={readOnly}
          autoComplete={kind === 'email' ? 'email' : 'off'}
        />
      );
  }
}
