import type { ReactNode } from 'react';
import { Problem } from './field.tsx';
import type { FactorMessages } from './messages.ts';

interface FormProps {
  readonly submit: (form: FormData) => void;
  /** Of the button that submits. */
  readonly action: string;
  readonly back: () => void;
  readonly isBusy: boolean;
  /** What concerns no single line. */
  readonly problem: string | null;
  readonly messages: FactorMessages;
  readonly children: ReactNode;
}

/** A step that the person submits. While it is busy it can be left, and not submitted twice. */
export function Form({ submit, action, back, isBusy, problem, messages, children }: FormProps): ReactNode {
  return (
    <form
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) submit(new FormData(event.currentTarget));
      }}
    >
      {children}
      <Problem>{problem}</Problem>
      <div className="countersign-actions">
        {/* Not disabled, which would take the focus from whoever has pressed it. */}
        <button type="submit" className="countersign-primary" aria-disabled={isBusy}>
          <span aria-live="polite">{isBusy ? messages.asking : action}</span>
        </button>
        <button type="button" className="countersign-quiet" onClick={back}>
          {messages.back}
        </button>
      </div>
    </form>
  );
}
