import type { ReactNode } from 'react';
import { Action } from './action.tsx';
import { canHaveMoreTime } from './ceremony-view.ts';
import type { WayProps } from './proof-props.ts';
import { useSecondsUntil } from './server-time.ts';

/** Seconds at which the time is read out, and not in between (WCAG 2.2, 2.2.1 and 4.1.3). */
const spokenAt = [10, 30, 60, 120];
const endingSeconds = 60;

export function Countdown({ view, messages }: Pick<WayProps, 'view' | 'messages'>): ReactNode {
  const left = useSecondsUntil(view.request.expiresAt, view.skew);
  const spoken = spokenAt.find((seconds) => left <= seconds);
  return (
    <>
      <span className="countersign-time" role="timer" data-ending={left <= endingSeconds || undefined}>
        <span className="countersign-hidden">{messages.timeLeftLabel} </span>
        {messages.timeLeft(left)}
      </span>
      <span className="countersign-hidden" role="status">
        {spoken !== undefined && messages.timeLeftSpoken(spoken)}
      </span>
    </>
  );
}

/** Offered when the time is nearly over, as often as the server can give more. */
export function MoreTime({ view, ceremony, messages }: Omit<WayProps, 'method'>): ReactNode {
  const left = useSecondsUntil(view.request.expiresAt, view.skew);
  return (
    left <= endingSeconds &&
    canHaveMoreTime(view) && (
      <Action kind="quiet" onClick={ceremony.haveMoreTime}>
        {messages.moreTime}
      </Action>
    )
  );
}
