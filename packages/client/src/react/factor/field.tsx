import { useId, type InputHTMLAttributes, type ReactNode } from 'react';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly label: string;
  readonly hint?: string | null | undefined;
  /** What is wrong with it; announced when it comes. */
  readonly problem?: string | null | undefined;
}

/** A line of a form: its label, what it is for, and what is wrong with it, told to whoever sees and whoever hears. */
export function Field({ label, hint, problem, ...input }: FieldProps): ReactNode {
  const id = useId();
  const described = [hint && `${id}hint`, problem && `${id}problem`].filter(Boolean).join(' ');
  return (
    <div className="countersign-field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="countersign-hint" id={`${id}hint`}>
          {hint}
        </p>
      )}
      <input
        {...input}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described || undefined}
      />
      <Problem id={`${id}problem`}>{problem}</Problem>
    </div>
  );
}

/** Announced when it comes: the place is there before, or nothing would be said. */
export function Problem({ id, children }: { readonly id?: string; readonly children: ReactNode }): ReactNode {
  return (
    <p className="countersign-problem" role="alert" id={id}>
      {children}
    </p>
  );
}
