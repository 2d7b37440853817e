import {
  AuthorizationNotGranted,
  type AuthorizationRequest,
  type CountersignClient,
} from '@countersign/client';
import type { Transfer } from '../host/operations.ts';
import { bank } from './bank.ts';

/** What this tab has asked for and waits for, also after a reload. */
const key = 'waits-for';

/** Asks the person, waits for the grant, and sends. */
export async function sendOnceGranted(
  client: CountersignClient,
  transfer: Transfer,
  onAsked: (request: AuthorizationRequest) => void,
): Promise<void> {
  const { id } = await bank.ask.mutate(transfer);
  remember([...remembered(), id]);
  await finish(client, id, onAsked);
}

/** Waits on for what this tab had asked for before it was reloaded. */
export async function resumeSending(client: CountersignClient): Promise<void> {
  await Promise.all(remembered().map((id) => finish(client, id)));
}

async function finish(
  client: CountersignClient,
  id: string,
  onAsked: (request: AuthorizationRequest) => void = () => undefined,
): Promise<void> {
  try {
    const request = await client.authorizationRequest.get({ id });
    onAsked(request);
    const { data } = await request.granted();
    // The grant is good for these values alone, wherever they come from.
    await bank.send.mutate({ id, ...(data as Transfer) });
  } catch (error) {
    // Declined, expired, or this page was left: the list shows which.
    if (!(error instanceof AuthorizationNotGranted)) throw error;
  } finally {
    remember(remembered().filter((other) => other !== id));
  }
}

function remembered(): readonly string[] {
  return (sessionStorage.getItem(key) ?? '').split(' ').filter(Boolean);
}

function remember(ids: readonly string[]): void {
  sessionStorage.setItem(key, ids.join(' '));
}
