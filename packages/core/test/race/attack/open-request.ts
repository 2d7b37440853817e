import type { Arena } from '../arena.ts';
import type { Call, Side } from '../call.ts';

export interface Asked {
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId?: string;
  readonly data: { readonly to: string; readonly amountCents: number };
}

export function transferOf(subjectId: string, sessionId?: string): Asked {
  const data = { to: 'GB29', amountCents: 250_000 };
  return { slug: 'transfer', subjectId, ...(sessionId !== undefined && { sessionId }), data };
}

export function createCall(asked: Asked, more: Readonly<Record<string, unknown>> = {}): Call {
  const deliverTo = { channel: 'email', address: `${asked.subjectId}@example.org` };
  return { command: 'create', input: { ...asked, title: 'Transfer money', deliverTo, ...more } };
}

/** A request that waits for the one right code. */
export async function openRequest(
  arena: Arena,
  side: Side,
  asked: Asked,
  now: number | null = null,
): Promise<string> {
  const { id } = await arena.ask<{ id: string }>(side, createCall(asked), now);
  return id;
}
