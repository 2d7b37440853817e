import { useEffect, type ReactNode } from 'react';
import { Rosette } from '../brand/rosette.tsx';
import { Clock } from './clock.tsx';
import type { OpenPhone } from './open-phone.ts';
import { OutcomeCard } from './outcome.tsx';
import { PromptSheet } from './prompt-sheet.tsx';
import { usePrompts } from './use-prompts.ts';

interface AskedProps {
  readonly phone: OpenPhone;
  readonly onAsked: () => void;
  readonly onLost: () => void;
}

/** Nothing, a question, or how the last one ended. */
export function Asked({ phone, onAsked, onLost }: AskedProps): ReactNode {
  const { prompt, ended, isBusy, trouble, answer, close } = usePrompts(phone, onLost);
  const isAsked = prompt !== undefined;
  useEffect(() => {
    document.title = isAsked ? 'Approve? · Phone' : 'Phone · Acme Bank';
    if (!isAsked) return;
    onAsked();
    parent.postMessage('asked', location.origin);
  }, [isAsked]);

  if (prompt === undefined && ended === null)
    return (
      <div className="locked">
        <Clock />
        <Rosette hash={phone.device.uuid} />
        <p className="rest" role="status">
          Nothing to approve
        </p>
      </div>
    );
  return (
    <div className="asked">
      <Clock />
      {ended === null && prompt !== undefined ? (
        <PromptSheet
          key={prompt.challenge?.id}
          prompt={prompt}
          onApprove={(digits) => void answer({ digits })}
          onDeny={(reason) => void answer(reason)}
          isBusy={isBusy}
          trouble={trouble}
        />
      ) : (
        ended !== null && (
          <OutcomeCard outcome={ended.outcome} about={aboutOf(ended.request)} onClose={close} />
        )
      )}
    </div>
  );
}

function aboutOf({ title, facts: [first] }: { title: string; facts: { value: string }[] }): string {
  return first === undefined ? title : `${title}, ${first.value}`;
}
