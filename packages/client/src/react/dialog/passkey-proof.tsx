import { useEffect, type ReactNode } from 'react';
import { Action } from './action.tsx';
import type { WayProps } from './proof-props.ts';

const browserCeremony = () => import('../../passkey/assert.ts');

export function PasskeyProof({ view, ceremony, messages }: WayProps): ReactNode {
  // There before it is wanted: some browsers ask for a click that has just happened.
  useEffect(() => void browserCeremony().catch(() => undefined), []);
  const start = (): void =>
    ceremony.proveBy(async ({ options }, signal) => {
      const { assertPasskey } = await browserCeremony();
      const response = await assertPasskey(options, signal);
      return response && { method: 'passkey', response };
    });
  return (
    <>
      <p className="countersign-hint">{messages.wayHint('passkey')}</p>
      <Action kind="main" isFirst isOff={view.busy !== null} onClick={start}>
        {view.busy === 'proving' ? messages.passkeyWaiting : messages.passkeyStart}
      </Action>
    </>
  );
}
