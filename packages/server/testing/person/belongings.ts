import type { VirtualAuthenticator, VirtualPasskey } from '@countersign/core/testing';
import type { TestPhone } from './phone.ts';

/** What a person has, in whatever session they act. */
export interface Belongings {
  /** Where their codes arrive; null: nowhere. */
  email: string | null;
  readonly authenticators: VirtualAuthenticator[];
  readonly passkeys: VirtualPasskey[];
  readonly phones: TestPhone[];
  /** Of the paper with recovery codes, those that are left. */
  recoveryCodes: string[];
}

/** Everybody who was met in a test, by the id of the subject. */
export interface People {
  of(subjectId: string): Belongings;
  /** Where codes go that no request and no factor says an address for; null for a stranger. */
  emailOf(subjectId: string): string | null;
}

export function createPeople(): People {
  const people = new Map<string, Belongings>();
  return {
    of(subjectId) {
      const known = people.get(subjectId);
      if (known) return known;
      const email = mailboxOf(subjectId);
      const stranger: Belongings = { email, authenticators: [], passkeys: [], phones: [], recoveryCodes: [] };
      people.set(subjectId, stranger);
      return stranger;
    },
    emailOf: (subjectId) => people.get(subjectId)?.email ?? null,
  };
}

/** `ada@example.test`, and for an id that is an address itself, that address. `.test` is nobody's (RFC 6761 §6.2). */
function mailboxOf(subjectId: string): string {
  if (/^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(subjectId)) return subjectId;
  const local = /^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/.test(subjectId) && subjectId.length <= 64;
  const name = local ? subjectId : `u${Buffer.from(subjectId).toString('hex').slice(0, 60)}`;
  return `${name}@example.test`;
}
