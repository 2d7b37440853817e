export type { OnChallenge, PendingAuthorization } from '../authorization/pending.ts';
