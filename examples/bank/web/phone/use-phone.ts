import { useEffect, useState } from 'react';
import type { PhoneView } from '../../server/views.ts';
import { openPhone, type OpenPhone } from './open-phone.ts';

export type PhoneState =
  | { readonly is: 'opening' }
  | { readonly is: 'replaced' }
  | { readonly is: 'failed' }
  | { readonly is: 'open'; readonly phone: OpenPhone };

/** The phone of this person, for as long as the page shows it. */
export function usePhone(person: PhoneView['subjectId']) {
  const [state, setState] = useState<PhoneState>({ is: 'opening' });
  const [isAway, setAway] = useState(false);
  const [attempt, setAttempt] = useState({ count: 0, isWanted: false });

  useEffect(() => {
    let isOver = false;
    let opened: OpenPhone | null = null;
    async function open(): Promise<void> {
      try {
        opened = await openPhone({
          person,
          isWanted: attempt.isWanted,
          onConnection: (connection) => setAway(connection === 'reconnecting'),
        });
        if (isOver) void opened?.device.close();
        else setState(opened === null ? { is: 'replaced' } : { is: 'open', phone: opened });
      } catch {
        if (!isOver) setState({ is: 'failed' });
      }
    }
    void open();
    return () => {
      isOver = true;
      void opened?.device.close();
    };
  }, [person, attempt]);

  function again(isWanted: boolean): void {
    setState({ is: 'opening' });
    setAttempt(({ count }) => ({ count: count + 1, isWanted }));
  }
  return {
    state,
    isAway,
    retry: () => again(false),
    pair: () => again(true),
    /** The bank knows this phone no longer. */
    lost: () => setState({ is: 'replaced' }),
  };
}
