import { useState, type ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { Lost } from './lost.tsx';
import type { EnrolmentConfirmProps } from './parts.ts';
import { printText, saveText } from './take-away.ts';

/** Shown once. Whoever has them says so; nothing goes on by itself. */
export function RecoveryCodes(props: EnrolmentConfirmProps): ReactNode {
  const { setup, finish, messages } = props;
  const [isStored, setStored] = useState(false);
  const codes = codesIn(setup);
  if (codes === null) return <Lost {...props} />;
  const text = `${codes.join('\n')}\n`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        finish();
      }}
    >
      <p>{messages.recovery}</p>
      <ol className="countersign-codes" aria-label={messages.recoveryCodes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="countersign-actions">
        <CopyButton text={text} messages={messages} />
        <button
          type="button"
          className="countersign-quiet"
          onClick={() => saveText(messages.recoveryFile, text)}
        >
          {messages.download}
        </button>
        <button
          type="button"
          className="countersign-quiet"
          onClick={() => printText(messages.recoveryCodes, text)}
        >
          {messages.print}
        </button>
      </div>
      <label className="countersign-check">
        <input
          type="checkbox"
          required
          checked={isStored}
          onChange={({ target }) => setStored(target.checked)}
        />
        <span>{messages.stored}</span>
      </label>
      <div className="countersign-actions">
        <button type="submit" className="countersign-primary">
          {messages.finish}
        </button>
      </div>
    </form>
  );
}

function codesIn(setup: unknown): readonly string[] | null {
  const { codes } = (setup ?? {}) as { readonly codes?: unknown };
  return Array.isArray(codes) ? codes.map(String) : null;
}
