import type { ReactNode } from 'react';
import { Action } from './action.tsx';
import type { WayProps } from './proof-props.ts';

/** The phone decides; here stand the digits that are to be typed there. They are shown on this screen only. */
export function DeviceProof({ view, ceremony, messages }: WayProps): ReactNode {
  const digits = view.challenge?.digits ?? null;
  return (
    <>
      {digits !== null && (
        <>
          <p className="countersign-hint">{messages.deviceHint}</p>
          <p className="countersign-digits" dir="ltr">
            <span className="countersign-hidden">
              {messages.deviceDigits}: {Array.from(digits).join(' ')}
            </span>
            <span aria-hidden="true">{digits.length > 4 ? digits.replace(/(?<=^...)/, ' ') : digits}</span>
          </p>
          <p className="countersign-hint countersign-waiting">{messages.deviceWaiting}</p>
        </>
      )}
      <Action
        kind={digits === null ? 'main' : 'quiet'}
        isFirst
        isOff={view.busy !== null}
        onClick={ceremony.ask}
      >
        {view.busy !== null
          ? messages.working
          : digits === null
            ? messages.deviceAsk
            : messages.deviceAskAgain}
      </Action>
    </>
  );
}
