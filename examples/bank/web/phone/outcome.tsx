import type { ReactNode } from 'react';
import { focusHere } from '../page/focus.ts';

/** How a prompt has ended, as far as this phone knows. */
export type Outcome = 'approved' | 'declined' | 'reported' | 'wrong' | 'expired' | 'cancelled' | 'elsewhere';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

const words: Readonly<Record<Outcome, Words>> = {
  approved: {
    title: 'Approved',
    text: 'Signed by this phone’s key, for exactly what you have read.',
    tone: 'good',
  },
  declined: { title: 'Declined', text: 'Nothing was done.', tone: 'plain' },
  reported: {
    title: 'Reported',
    text: 'Nothing was done. The page that asked is shut out, and this phone stays quiet for twenty minutes.',
    tone: 'bad',
  },
  wrong: {
    title: 'Not these digits',
    text: 'One wrong entry ends the question. Ask anew on the bank’s screen: it then shows other digits.',
    tone: 'bad',
  },
  expired: { title: 'Too late', text: 'Nobody answered in time, so nothing was done.', tone: 'plain' },
  cancelled: { title: 'Called off', text: 'It was cancelled on the bank’s screen.', tone: 'plain' },
  elsewhere: { title: 'Answered', text: 'It was answered in another way than by this phone.', tone: 'plain' },
};

interface OutcomeCardProps {
  readonly outcome: Outcome;
  readonly about: string;
  readonly onClose: () => void;
}

export function OutcomeCard({ outcome, about, onClose }: OutcomeCardProps): ReactNode {
  const { title, text, tone } = words[outcome];
  return (
    <section className={`sheet outcome ${tone}`} aria-labelledby="outcome">
      <div role="status">
        <Sign tone={tone} />
        <h2 id="outcome">{title}</h2>
        <p className="about">{about}</p>
        <p>{text}</p>
      </div>
      <button type="button" className="button" ref={focusHere} onClick={onClose}>
        Done
      </button>
    </section>
  );
}

const strokes = { good: 'M14 25l8 8 14-17', bad: 'M16 16l18 18M34 16 16 34', plain: 'M15 25h20' } as const;

function Sign({ tone }: { readonly tone: Words['tone'] }): ReactNode {
  return (
    <svg className="sign" viewBox="0 0 50 50" width="50" height="50" aria-hidden="true">
      <circle cx="25" cy="25" r="24" />
      <path d={strokes[tone]} />
    </svg>
  );
}
