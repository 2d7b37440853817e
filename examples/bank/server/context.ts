import type { CountersignContext } from '@countersign/server';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Bank } from './bank.ts';
import { sessionOf, type SignedIn } from './session.ts';

/** The bank's own context, with what Countersign needs beside it under the key `countersign`. */
export interface Context extends CountersignContext {
  readonly session: SignedIn | null;
  /** Of this call alone; the guard puts that of its transaction in its place. */
  readonly em: EntityManager;
  setCookie(value: string): void;
}

export async function contextOf(bank: Bank, request: Request, answer: Headers): Promise<Context> {
  const session = await sessionOf(bank, request);
  // Nobody signed in is nobody: Countersign answers `unauthenticated`.
  const actor = session && {
    kind: 'subject' as const,
    subjectId: session.person,
    sessionId: session.id,
  };
  return {
    session,
    em: bank.orm.em.fork(),
    setCookie: (value) => answer.append('set-cookie', value),
    ...bank.cs.context(actor, { request }),
  };
}
