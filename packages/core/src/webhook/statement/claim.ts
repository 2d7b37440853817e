import { statement } from '../../database/statement.ts';
import type { EventType } from '../../event/catalog.ts';

export interface ClaimParameters {
  readonly now: Date;
  /** A UUID that nobody else has: what is taken is known by it. */
  readonly claim: string;
  /** Then others may take it: the process that has it is gone. */
  readonly claimedUntil: Date;
  /** Behind one that is being sent, it is looked at again then, if nobody has called it back before. */
  readonly lookAgainAt: Date;
  /** Endpoints to which this process is sending, and to how many deliveries each. */
  readonly busyEndpointIds: readonly string[];
  readonly busyCounts: readonly string[];
  readonly perEndpointMax: number;
}

/** What was looked at: taken, put off, or due but without room. */
type LookedAt =
  | ({ readonly is_taken: true; readonly is_put_off: false } & ClaimedRow)
  | { readonly is_taken: false; readonly is_put_off: boolean };

export interface ClaimedRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly url: string;
  readonly secrets: Buffer;
  readonly previous_until: Date | null;
  readonly event: string;
  readonly type: EventType;
  readonly about_id: string;
  readonly body: string;
  /** How often it was tried, with this time: only what came to an end counts. */
  readonly tries: number;
}

/**
 * Takes what is due, from each endpoint as much as this process has room for there, so that none waits for another.
 *
 * What stands behind an earlier event of the same thing is put off until that one is looked at, and called back when it
 * is decided (`releaseNext`): an endpoint that is away does not have all that is owed to it read again at every look.
 */
export const claimDeliveries = statement<ClaimParameters, LookedAt>(
  'webhook_claim',
  /* sql */ `
WITH room AS (
  SELECT w.id, w.activation, :perEndpointMax::int - coalesce(busy.count, 0) AS room
  FROM countersign.webhook_endpoint w
  LEFT JOIN unnest(:busyEndpointIds::uuid[], :busyCounts::int[]) AS busy (id, count) ON busy.id = w.id
  WHERE w.is_active AND coalesce(busy.count, 0) < :perEndpointMax::int
), due AS (
  SELECT d.*, room.room FROM room CROSS JOIN LATERAL (
    SELECT d.id, d.endpoint_id, d.activation, d.about_id, d.sequence, d.next_at FROM countersign.webhook_delivery d
    WHERE d.state = 'waiting' AND d.endpoint_id = room.id AND d.activation = room.activation AND d.next_at <= :now::timestamptz
    ORDER BY d.next_at, d.id LIMIT 16 FOR NO KEY UPDATE SKIP LOCKED
  ) AS d
), judged AS (
  SELECT due.id, earlier.at AS later, due.room,
    row_number() OVER (PARTITION BY due.endpoint_id, earlier.at IS NULL ORDER BY due.next_at, due.id) AS place
  FROM due LEFT JOIN LATERAL (
    SELECT CASE WHEN e.claim IS NULL THEN greatest(e.next_at, :lookAgainAt::timestamptz) ELSE :lookAgainAt::timestamptz END AS at
    FROM countersign.webhook_delivery e
    WHERE e.state = 'waiting' AND e.endpoint_id = due.endpoint_id AND e.activation = due.activation
      AND e.about_id = due.about_id AND e.sequence < due.sequence
    ORDER BY e.sequence LIMIT 1
  ) AS earlier ON true
), put_off AS (
  UPDATE countersign.webhook_delivery d SET next_at = (SELECT judged.later FROM judged WHERE judged.id = d.id)
  WHERE d.id = ANY (ARRAY(SELECT judged.id FROM judged WHERE judged.later IS NOT NULL))
), taken AS (
  UPDATE countersign.webhook_delivery d SET claim = :claim::uuid, next_at = :claimedUntil::timestamptz
  FROM judged WHERE d.id = judged.id AND judged.later IS NULL AND judged.place <= judged.room
  RETURNING d.id, d.endpoint_id, d.event, d.type, d.about_id, d.body, d.history
)
SELECT judged.id, taken.id IS NOT NULL AS is_taken, judged.later IS NOT NULL AS is_put_off,
  taken.endpoint_id, w.url, w.secrets, w.previous_until, taken.event, taken.type, taken.about_id, taken.body, jsonb_array_length(taken.history) + 1 AS tries
FROM judged LEFT JOIN taken ON taken.id = judged.id LEFT JOIN countersign.webhook_endpoint w ON w.id = taken.endpoint_id`,
);
