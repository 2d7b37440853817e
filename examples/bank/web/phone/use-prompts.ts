import {
  AuthorizationCancelled,
  AuthorizationExpired,
  AuthorizationNotGranted,
  isCountersignError,
  type AuthorizationRequest,
} from '@countersign/client';
import { useEffect, useState } from 'react';
import type { OpenPhone } from './open-phone.ts';
import type { Outcome } from './outcome.tsx';

export interface Ended {
  readonly request: AuthorizationRequest;
  readonly outcome: Outcome;
}

type Answer = { readonly digits: string } | 'declined' | 'not_me';

/** What this phone is asked, one after the other, and how each has ended. */
export function usePrompts({ device, client }: OpenPhone, onLost: () => void) {
  const [waiting, setWaiting] = useState<readonly AuthorizationRequest[]>([]);
  const [ended, setEnded] = useState<Ended | null>(null);
  const [answering, setAnswering] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [prompt] = waiting;

  const drop = (id: string): void => setWaiting((all) => all.filter((one) => one.id !== id));

  useEffect(() => {
    const over = new AbortController();
    async function follow(): Promise<void> {
      for await (const request of device.prompts({ signal: over.signal })) {
        if (over.signal.aborted) return;
        setTrouble(null);
        setEnded(null);
        setWaiting((all) => [...all.filter(({ id }) => id !== request.id), request]);
      }
    }
    follow().catch((error: unknown) => {
      if (!over.signal.aborted && isCountersignError(error, 'unauthenticated')) onLost();
    });
    return () => over.abort();
  }, [device]);

  // What is decided elsewhere goes from the screen; what is decided here says so itself.
  const shown = prompt?.id;
  const isMine = answering !== null;
  useEffect(() => {
    if (prompt === undefined || isMine) return undefined;
    const over = new AbortController();
    const { signal } = over;
    async function watch(request: AuthorizationRequest): Promise<void> {
      const outcome = await outcomeOf(client, request.id, signal);
      if (signal.aborted || outcome === null) return;
      drop(request.id);
      setEnded({ request, outcome });
    }
    void watch(prompt);
    return () => over.abort();
  }, [client, shown, isMine]);

  async function answer(given: Answer): Promise<void> {
    if (prompt === undefined) return;
    setAnswering(prompt.id);
    setTrouble(null);
    try {
      const outcome = await say(prompt, given);
      drop(prompt.id);
      setEnded({ request: prompt, outcome });
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setAnswering(null);
  }

  async function say(request: AuthorizationRequest, given: Answer): Promise<Outcome> {
    if (typeof given === 'object')
      return (await device.approve(request, given.digits)).granted ? 'approved' : 'wrong';
    const { reason } = await device.deny(request, given);
    return reason === 'not_me' ? 'reported' : 'declined';
  }

  return { prompt, ended, isBusy: isMine, trouble, answer, close: () => setEnded(null) };
}

/** Null when nothing is known: the phone is closed, or cannot read it. */
async function outcomeOf(
  client: OpenPhone['client'],
  id: string,
  signal: AbortSignal,
): Promise<Outcome | null> {
  try {
    await (await client.authorizationRequest.get({ id }, { signal })).granted({ signal });
    return 'elsewhere';
  } catch (error) {
    if (signal.aborted || !(error instanceof AuthorizationNotGranted)) return null;
    if (error instanceof AuthorizationExpired) return 'expired';
    return error instanceof AuthorizationCancelled ? 'cancelled' : 'elsewhere';
  }
}

function troubleOf(error: unknown): string {
  if (isCountersignError(error, 'connection_failed'))
    return 'No connection. Nothing was sent; try again when it is back.';
  if (error instanceof TypeError)
    return 'What is shown is not what would be signed, so this phone does not sign it.';
  return error instanceof Error ? error.message : 'That did not work.';
}
