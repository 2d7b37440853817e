import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { people, type PersonId } from './directory.ts';
import type { Bank } from './bank.ts';
import { Session } from './entities.ts';

/** Somebody signed in, in one browser. */
export interface SignedIn {
  /** Names the session in requests and events, where people read it: never the cookie's own value. */
  readonly id: string;
  readonly person: PersonId;
}

const name = 'bank_session';
const lifetimeMilliseconds = 12 * 3_600_000;

/** Begins a session and tells the value of its `Set-Cookie` header. */
export async function beginSession(
  { orm }: Bank,
  person: PersonId,
): Promise<{ session: SignedIn; cookie: string }> {
  const secret = randomBytes(32).toString('base64url');
  const session = { id: randomUUID(), person };
  const endsAt = new Date(Date.now() + lifetimeMilliseconds);
  const em = orm.em.fork();
  await em.nativeDelete(Session, { endsAt: { $lte: new Date() } });
  await em.insert(Session, { ...session, cookieHash: hashOf(secret), endsAt });
  // With `Secure` as well where there is TLS.
  const cookie = `${name}=${secret}; Path=/; Max-Age=${lifetimeMilliseconds / 1000}; HttpOnly; SameSite=Strict`;
  return { session, cookie };
}

export async function sessionOf({ orm }: Bank, { headers }: Request): Promise<SignedIn | null> {
  const secret = secretIn(headers);
  if (secret === null) return null;
  const found = await orm.em
    .fork()
    .findOne(Session, { cookieHash: hashOf(secret), endsAt: { $gt: new Date() } });
  return found !== null && isPerson(found.person) ? { id: found.id, person: found.person } : null;
}

/** With it end the tokens that were issued to it, and the streams that they have opened. */
export async function endSession({ orm, service }: Bank, { id }: SignedIn): Promise<void> {
  await orm.em.fork().nativeDelete(Session, { id });
  await service.scopedToken.revoke({ sessionId: id });
}

export function isPerson(text: string): text is PersonId {
  return Object.hasOwn(people, text);
}

function secretIn(headers: Headers): string | null {
  const cookies = (headers.get('cookie') ?? '').split('; ').map((cookie) => cookie.split('='));
  return cookies.find(([key]) => key === name)?.[1] ?? null;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
