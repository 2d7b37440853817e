import type { ReactNode } from 'react';
import { Action } from './action.tsx';
import type { WayProps } from './proof-props.ts';
import { useSecondsUntil } from './server-time.ts';

export function Resend({ view, ceremony, messages }: WayProps): ReactNode {
  const wait = useSecondsUntil(view.challenge?.resendAfter ?? null, view.skew);
  if (view.isSentOut) return <p className="countersign-hint">{messages.sentOut}</p>;
  return (
    <Action kind="quiet" isOff={wait > 0 || view.busy !== null} onClick={ceremony.ask}>
      {wait > 0 ? messages.sendAgainIn(wait) : messages.sendAgain}
    </Action>
  );
}
