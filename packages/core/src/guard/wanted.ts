import { bindings, satisfiesBinding, type Binding } from '../binding.ts';
import type { CoreContext } from '../context.ts';
import { requestDefaults } from '../limits.ts';

/** What must be granted before a call may happen: this operation, with these values, by this subject, in this session. */
export interface Wanted {
  readonly slug: string;
  readonly subjectId: string;
  /** Null only where the operation says `session: 'any'`; then it equals only requests of no session. */
  readonly sessionId: string | null;
  readonly dataHash: Buffer;
  /** The least that will do now: a grant from before the operation demanded more is none. */
  readonly requiredBinding: Binding;
}

/** As the statements know it. */
export function wantedParameters(context: CoreContext, wanted: Wanted) {
  const { slug, subjectId, sessionId, dataHash, requiredBinding } = wanted;
  const now = context.clock.now();
  return {
    slug,
    subjectId,
    sessionId,
    dataHash,
    bindings: bindings.filter((each) => satisfiesBinding(each, requiredBinding)),
    now,
    createdSince: oldestThatCanBeUsed(now),
  };
}

/** Answered within the longest time to answer, used within the longest time to execute. */
const usableMs = (requestDefaults.expiresInSecondsMax + requestDefaults.executeWithinSecondsMax) * 1000;

function oldestThatCanBeUsed(now: Date): string {
  const hex = Math.max(now.getTime() - usableMs, 0)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
