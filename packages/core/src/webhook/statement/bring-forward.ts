import { clockAheadMillisecondsMax } from '../../clock-ahead.ts';
import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

/** Of one statement. In its text, so that its plan is made for it. */
export const broughtForwardMax = forgetBatchSizeMax;

interface BringForward {
  readonly now: Date;
  /** They stood there so long ago that nobody is sending under them any more. */
  readonly oldClaims: readonly string[];
  /** The longest wait after the first try, the second … */
  readonly waitsSecondsMax: readonly string[];
  /** The longest wait that an endpoint can ask for. */
  readonly askedSecondsMax: number;
}

interface Late {
  readonly claim: string | null;
  readonly is_brought: boolean;
}

const isLate = (than: string) => `d.next_at > ${than} + interval '${clockAheadMillisecondsMax} milliseconds'`;

/**
 * What is to be looked at later than any wait could make it was put there by a clock that was ahead. It is given the
 * longest wait there is after so many tries, from now on, so that nothing is tried again early by it; what was never tried
 * is due. What is claimed is due when it was claimed just so long ago: who has claimed it may be sending it now. What
 * stands behind another of the same thing is called back with that one.
 *
 * It is late by the clock of this process and by the database's: one that is behind takes nothing for late that is not.
 * Only the farthest are looked at, so that it costs the same however much an endpoint has not taken.
 */
export const bringForward = statement<BringForward, Late>(
  'webhook_bring_forward',
  /* sql */ `
WITH moment AS (SELECT greatest(:now::timestamptz, now()) AS now), late AS (
  SELECT d.id, d.claim, d.at FROM moment CROSS JOIN countersign.webhook_endpoint w CROSS JOIN LATERAL (
    SELECT d.id, d.claim, d.about_id, d.sequence, d.next_at, CASE
      WHEN d.claim IS NOT NULL OR d.history = '[]' THEN :now::timestamptz
      ELSE moment.now + interval '1 second' * CASE
        WHEN d.history -> -1 ->> 'status' IN ('429', '503')
          THEN greatest((:waitsSecondsMax::int[])[jsonb_array_length(d.history)], :askedSecondsMax::int)
        ELSE (:waitsSecondsMax::int[])[jsonb_array_length(d.history)] END
      END AS at
    FROM countersign.webhook_delivery d
    WHERE d.state = 'waiting' AND d.endpoint_id = w.id AND d.activation = w.activation AND ${isLate('moment.now')}
    ORDER BY d.next_at DESC, d.id DESC LIMIT ${broughtForwardMax}
  ) AS d
  WHERE w.is_active AND ${isLate('d.at')} AND NOT EXISTS (SELECT FROM countersign.webhook_delivery e
    WHERE e.state = 'waiting' AND e.endpoint_id = w.id AND e.activation = w.activation AND e.about_id = d.about_id AND e.sequence < d.sequence)
), chosen AS (
  SELECT d.id, late.at FROM late JOIN countersign.webhook_delivery d ON d.id = late.id
  WHERE (late.claim IS NULL OR late.claim = ANY (:oldClaims::uuid[])) AND d.state = 'waiting' AND d.claim IS NOT DISTINCT FROM late.claim AND ${isLate('late.at')}
  LIMIT ${broughtForwardMax} FOR NO KEY UPDATE OF d SKIP LOCKED
), brought AS (
  UPDATE countersign.webhook_delivery d SET next_at = chosen.at FROM chosen WHERE d.id = chosen.id RETURNING d.id
)
SELECT late.claim, brought.id IS NOT NULL AS is_brought FROM late LEFT JOIN brought ON brought.id = late.id
WHERE late.claim IS NOT NULL OR brought.id IS NOT NULL`,
);
