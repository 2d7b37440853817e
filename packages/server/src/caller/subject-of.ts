import type { Actor } from '@countersign/core';

/** Whose limits an actor counts against: a device's are its subject's. Null for who acts for everybody, or nobody. */
export function subjectOf(actor: Actor | null): string | null {
  switch (actor?.kind) {
    case 'subject':
    case 'device':
      return actor.subjectId;
    case 'service':
    case 'operator':
    case undefined:
      return null;
  }
}
