import type { CountersignContext } from '@countersign/server';
import type { CreateHTTPContextOptions } from '@trpc/server/adapters/standalone';
import type { CreateWSSContextFnOptions } from '@trpc/server/adapters/ws';
import type { Bank } from './bank.ts';
import type { Session } from './session.ts';

/** The bank's own context, with what Countersign needs beside it under the key `countersign`. */
export interface Context extends CountersignContext {
  readonly session: Session | null;
}

export function contextOf({ cs, sessions }: Bank) {
  return ({ req, res }: CreateHTTPContextOptions | CreateWSSContextFnOptions): Context => {
    const session = sessions.of(req);
    // Nobody signed in is nobody: Countersign answers `unauthenticated`.
    const actor = session && {
      kind: 'subject' as const,
      subjectId: session.customer,
      sessionId: session.id,
    };
    // A stream keeps the context it was opened with: signing out ends what carries it.
    const end = () => ('bufferedAmount' in res ? res.close(1008, 'signed out') : res.destroy());
    const release = session?.whenOver(end);
    res.once('close', () => release?.());
    // Told the socket, streams wait for a slow reader instead of filling the memory.
    const socket = 'bufferedAmount' in res ? res : undefined;
    return { session, ...cs.context(actor, { socket }) };
  };
}
