import type { Binding } from '../binding.ts';
import { formatId } from '../id.ts';
import type { Fact } from '../operation/display.ts';
import type { Recipient, ProvenRequest } from '../method/define.ts';
import type { ChallengeRow } from '../challenge/row.ts';
import type { State } from './schema.ts';

/** A row of `countersign.authorization_request`, as the statements of this folder return it. */
export interface RequestRow {
  readonly id: string;
  readonly slug: string;
  readonly subject_id: string;
  readonly session_id: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly facts: Fact[];
  readonly data: unknown;
  readonly data_hash: Buffer;
  readonly display_hash: Buffer;
  readonly related_objects: { type: string; id: string }[];
  readonly methods: string[];
  readonly required_binding: Binding;
  readonly deliver_to: Recipient | null;
  readonly locale: string | null;
  /** UUIDs of the only factors that may answer; null: any of the subject's. */
  readonly factor_ids: string[] | null;
  readonly state: State;
  readonly reason: string | null;
  readonly binding: Binding | null;
  readonly generation: number;
  readonly sequence: number;
  readonly attempts_max: number;
  readonly attempts_left: number;
  readonly attempts_open: number;
  readonly attempted_at: Date | null;
  readonly checked: Checked | null;
  readonly challenge_id: string | null;
  readonly sends_left: number;
  readonly challenges_left: number;
  readonly resend_after: Date | null;
  readonly execute_within_seconds: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
  readonly granted_at: Date | null;
  readonly execute_before: Date | null;
  readonly consumed_at: Date | null;
}

/** A row without what neither judging nor a view needs. */
export type ViewedRow = Omit<
  RequestRow,
  | 'deliver_to'
  | 'locale'
  | 'factor_ids'
  | 'challenges_left'
  | 'attempts_max'
  | 'attempted_at'
  | 'checked'
  | 'challenge_id'
>;

/** What a row says of its decision while there is none. */
export const undecided = {
  state: 'waiting',
  reason: null,
  binding: null,
  decided_at: null,
  granted_at: null,
  execute_before: null,
  consumed_at: null,
} as const;

/** A row that is known to wait: its decision is `undecided`. */
export type WaitingRow = Omit<ViewedRow, keyof typeof undecided>;

/** A right `check`, kept so that the service that made it may grant without the proof for a minute. */
export interface Checked {
  readonly at: number;
  readonly by: string;
  readonly proofId: string;
  /** Keyed digest of the very proof, so that its maker may present it once more. Null where it stays valid anyway. */
  readonly proof: string | null;
  readonly challengeId: string;
  readonly method: string;
  readonly factorId: string | null;
  /** How often what is in force of that factor had been replaced. */
  readonly factorRenewals: number | null;
  readonly binding: Binding;
}

/** With the newest challenge of its present generation, if any. */
export interface RequestWithChallenge extends RequestRow {
  readonly challenge: ChallengeRow | null;
}

/** What a method is told of a request. */
export function provenRequestOf(row: RequestRow): ProvenRequest {
  return {
    kind: 'authorization_request',
    id: formatId('authorizationRequest', row.id),
    slug: row.slug,
    subjectId: row.subject_id,
    sessionId: row.session_id,
    title: row.title,
    description: row.description,
    facts: row.facts,
    dataHash: row.data_hash.toString('base64url'),
    displayHash: row.display_hash.toString('base64url'),
    locale: row.locale ?? undefined,
    deliverTo: row.deliver_to,
  };
}
