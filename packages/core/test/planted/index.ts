import { anySubject } from './any-subject.ts';
import { attemptsPerRequest } from './attempts-per-request.ts';
import { checkedThenConsumed } from './checked-then-consumed.ts';
import { countedThenThrown } from './counted-then-thrown.ts';
import { decidedByVersion } from './decided-by-version.ts';
import { expiredByCleaner } from './expired-by-cleaner.ts';
import { nullSession } from './null-session.ts';
import { ownerUnset } from './owner-unset.ts';
import { readCheckWrite } from './read-check-write.ts';
import { separateSteps } from './separate-steps.ts';
import { statelessGrant } from './stateless-grant.ts';

/** Naive versions, each with one bug that others shipped. They are attacked as core is, and must lose. */
export const planted = {
  anySubject,
  attemptsPerRequest,
  checkedThenConsumed,
  countedThenThrown,
  decidedByVersion,
  expiredByCleaner,
  nullSession,
  ownerUnset,
  readCheckWrite,
  separateSteps,
  statelessGrant,
};
