import type { Prompt } from '@countersign/client/device';
import { useState, type ReactNode } from 'react';
import { countdownOf } from '../format/time.ts';
import { useNow } from './clock.tsx';
import { DigitsField } from './digits-field.tsx';

const digitsCount = 3;

interface PromptSheetProps {
  readonly prompt: Prompt;
  readonly onApprove: (digits: string) => void;
  readonly onDeny: (reason: 'declined' | 'not_me') => void;
  readonly isBusy: boolean;
  /** Why the last answer did not get through. */
  readonly trouble: string | null;
}

/** What the bank is asked to do, in the words that are signed, and the three answers to it. */
export function PromptSheet({ prompt, onApprove, onDeny, isBusy, trouble }: PromptSheetProps): ReactNode {
  const [digits, setDigits] = useState('');
  const [isReporting, setReporting] = useState(false);
  return (
    <section className="sheet" aria-labelledby="asked">
      <p className="from">
        Acme Bank asks <Left until={prompt.challenge?.expiresAt} />
      </p>
      <h2 id="asked">{prompt.title}</h2>
      {prompt.description !== null && <p>{prompt.description}</p>}
      <dl className="facts">
        {prompt.facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isReporting ? (
        <div className="report">
          <p>
            Somebody else has started this? Then it is refused, the page that asked is shut out, and this
            phone stays quiet for twenty minutes.
          </p>
          <button type="button" className="button danger" disabled={isBusy} onClick={() => onDeny('not_me')}>
            Report it
          </button>
          <button type="button" className="button" autoFocus onClick={() => setReporting(false)}>
            Back
          </button>
        </div>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (digits.length === digitsCount) onApprove(digits);
          }}
        >
          <DigitsField count={digitsCount} value={digits} onValue={setDigits} isWrong={false} />
          {trouble !== null && (
            <p className="wrong" role="alert">
              {trouble}
            </p>
          )}
          <button className="button solid" disabled={isBusy || digits.length < digitsCount}>
            {isBusy ? 'Signing…' : 'Approve'}
          </button>
          <button type="button" className="button" disabled={isBusy} onClick={() => onDeny('declined')}>
            Decline
          </button>
          <button type="button" className="plain" disabled={isBusy} onClick={() => setReporting(true)}>
            This was not me
          </button>
        </form>
      )}
    </section>
  );
}

function Left({ until }: { readonly until: Date | undefined }): ReactNode {
  const now = useNow(1000);
  if (until === undefined) return null;
  return <span className="left">{countdownOf((until.getTime() - now.getTime()) / 1000)} left</span>;
}
