import { statement } from '../../../database/statement.ts';
import type { Position } from '../../position.ts';

interface Failure extends Position {
  readonly name: string;
  readonly node: string;
  readonly now: Date;
  /** How often it had failed before. */
  readonly failures: number;
  readonly failedEvent: string;
  readonly failure: string;
  readonly retryAt: Date;
  readonly attemptsMax: number;
}

/** After the rollback, in a statement of its own: else the rollback would take the count with it. */
export const failSubscriber = statement<Failure, { state: 'active' | 'parked' }>(
  'subscriber_fail',
  /* sql */ `
UPDATE countersign.subscriber
SET failures = failures + 1, failed_event = :failedEvent::text, failed_at = :now::timestamptz, failure = :failure::text,
  node = :node::text, retry_at = :retryAt::timestamptz,
  state = CASE WHEN failures + 1 >= :attemptsMax::int THEN 'parked' ELSE 'active' END
WHERE name = :name::text AND state = 'active' AND failures = :failures::int AND epoch = :epoch::int
  AND txid = :txid::text::xid8 AND sequence = :sequence::int AND id = :id::uuid
RETURNING state`,
);

type Parking = Omit<Failure, 'failures' | 'failedEvent' | 'retryAt' | 'attemptsMax'>;

export const parkSubscriber = statement<Parking, { name: string }>(
  'subscriber_park',
  /* sql */ `
UPDATE countersign.subscriber
SET state = 'parked', failed_at = :now::timestamptz, failure = :failure::text, node = :node::text
WHERE name = :name::text AND state = 'active' AND epoch = :epoch::int AND txid = :txid::text::xid8
  AND sequence = :sequence::int AND id = :id::uuid
RETURNING name`,
);
