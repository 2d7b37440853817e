import type { Countersign } from '@countersign/server';
import type { Ticket } from './tickets.ts';

/**
 * Somebody who knew the password of `person` and has proven nothing else. It is no session, and nothing that makes one:
 * the password is gone, and what was asked for is kept here, where the browser cannot name another's.
 */
export interface Login {
  readonly person: string;
  asked: { readonly confirmationId: string; readonly factorId: string } | null;
}

/** What the browser sent: `{ code }` or `{ response }`. Countersign says whether it is one. */
export type Proof = Readonly<Record<string, unknown>>;

const purpose = 'sign-in';

/** The one who may ask for anybody. */
export const serviceOf = (cs: Countersign) => cs.createCaller({ kind: 'service' });

/**
 * What this person can prove with; if there is anything, the password alone opens nothing. Whether its method can be
 * asked for just now is not looked at: a method that is switched off must keep people out, not let everybody in.
 */
export async function factorsOf(cs: Countersign, person: string) {
  const factors = await serviceOf(cs).factor.list({ subjectId: person });
  return factors.filter(({ status, isActive }) => status === 'confirmed' && isActive);
}

/** Asks for one of them, for this login and no other. Somebody else's is refused: `not_found`. */
export async function askFor(cs: Countersign, login: Ticket<Login>, factorId: string): Promise<void> {
  const { id } = await serviceOf(cs).confirmation.request({
    factorId,
    subjectId: login.held.person,
    purpose,
    data: { login: login.id },
  });
  login.held.asked = { confirmationId: id, factorId };
}

/** What was asked for, as it stands: the options for a passkey, the attempts that are left. Null: ask again. */
export async function askedOf(cs: Countersign, { held }: Ticket<Login>) {
  if (held.asked === null) return null;
  const { confirmation } = await serviceOf(cs).confirmation.check({ id: held.asked.confirmationId });
  if (confirmation === undefined || !['new', 'in_process'].includes(confirmation.status)) return null;
  const factors = await factorsOf(cs, held.person);
  const factor = factors.find(({ id }) => id === confirmation.factorId);
  return factor === undefined ? null : { factor, confirmation };
}

/**
 * Judges the proof and uses what it confirmed. Only that use says that this person has proven this factor for this
 * login, and it says so once. That a confirmation exists, or is confirmed, says nothing: it may be for another login.
 */
export async function prove(cs: Countersign, login: Ticket<Login>, proof: Proof): Promise<boolean> {
  const { person: subjectId, asked } = login.held;
  if (asked === null) return false;
  const { confirmationId: id, factorId } = asked;
  const { confirmation } = serviceOf(cs);
  const { status } = await confirmation.confirm({ id, data: proof });
  if (status !== 'confirmed') return false;
  const { used } = await confirmation.use({ id, purpose, subjectId, factorId, data: { login: login.id } });
  return used;
}
