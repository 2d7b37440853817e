import type { Connections, Database } from './database/executor.ts';
import { statement } from './database/statement.ts';
import type { LogReader } from './event/log-reader.ts';
import type { Position } from './event/position.ts';
import type { Clock } from './ports.ts';

/** How things stand, as of now: what nobody counts while it happens. Ages in seconds; 0 when nothing is late. */
export interface Figures {
  /** Of the pool of this process. */
  readonly connections: Connections;
  /** How long the oldest event has waited that the log cannot show yet, since an older transaction is still open. */
  readonly logHorizonLagSeconds: number;
  /** What this process has not read yet of what it could. Events are counted up to 1,000. */
  readonly logReaderLagSeconds: number;
  readonly logReaderLagEvents: number;
  /** Since when nothing is known to be swept, by whichever process. */
  readonly sweepLagSeconds: number;
  /** Null: there is none, as where a key service supplies them. */
  readonly tokenKeyAgeSeconds: number | null;
  readonly subscribers: readonly SubscriberFigures[];
  readonly webhooks: WebhookFigures;
}

export interface SubscriberFigures {
  readonly name: string;
  readonly isParked: boolean;
  readonly failures: number;
  readonly lagSeconds: number;
  /** Counted up to 1,000. */
  readonly lagEvents: number;
}

export interface WebhookFigures {
  readonly active: number;
  /** Switched off, by why. */
  readonly gone: number;
  readonly failing: number;
  readonly operator: number;
  /** Counted up to 10,000. */
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
}

interface Row extends WebhookFigures {
  readonly horizonLagSeconds: number;
  readonly readerLagSeconds: number;
  readonly readerLagEvents: number;
  readonly sweepLagSeconds: number;
  readonly tokenKeyAgeSeconds: number | null;
  readonly subscribers: SubscriberFigures[];
}

const secondsSince = (moment: string) =>
  `greatest(0, extract(epoch FROM :now::timestamptz - ${moment}))::float8`;
const inOrder = 'e.epoch, e.txid, e.sequence, e.id';

/**
 * What stands behind a place, as far as is worth knowing: by the primary key of the log and, for who stands before the
 * end of the archive, by that of the archive. Whoever does not stand there opens no partition of it (docs/adr/0030).
 */
const behind = (place: string, also: string) => /* sql */ `
  SELECT coalesce(max(${secondsSince('n.occurred_at')}), 0) AS seconds, least(count(*), 1000)::int AS events FROM (
    SELECT a.occurred_at FROM countersign.archived_after(ROW(${place})::countersign.place, 1000) a
    WHERE ROW(${place})::countersign.place < i.archived_until
    UNION ALL
    (SELECT e.occurred_at FROM countersign.event e WHERE (${inOrder}) > (${place}) AND ${also} ORDER BY ${inOrder} LIMIT 1000)
  ) AS n`;

/**
 * All of it in one round trip. Each part reads an index and stops early: what is far behind, or owes much, costs no more
 * than what is well.
 */
export const readFigures = statement<Position & { readonly now: Date }, Row>(
  'figures',
  /* sql */ `
SELECT hidden.seconds AS "horizonLagSeconds", unread.seconds AS "readerLagSeconds", unread.events AS "readerLagEvents",
  ${secondsSince('i.swept_until')} AS "sweepLagSeconds",
  (SELECT ${secondsSince('coalesce(k.active_at, k.created_at)')} FROM countersign.token_key k WHERE k.state = 'active')
    AS "tokenKeyAgeSeconds",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'isParked', s.state = 'parked', 'failures', s.failures,
      'lagSeconds', late.seconds, 'lagEvents', late.events) ORDER BY s.name), '[]')
    FROM countersign.subscriber s
    CROSS JOIN LATERAL (${behind('s.epoch, s.txid, s.sequence, s.id', 'true')}) AS late) AS subscribers,
  endpoints.*, owed.waiting, owed.seconds AS "oldestWaitingSeconds"
FROM countersign.installation i
CROSS JOIN LATERAL (
  SELECT coalesce((SELECT ${secondsSince('e.occurred_at')} FROM countersign.event e
    WHERE e.epoch = i.epoch AND e.txid >= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY ${inOrder} LIMIT 1), 0) AS seconds
) AS hidden
CROSS JOIN LATERAL (${behind(
    ':epoch::integer, :txid::text::xid8, :sequence::integer, :id::uuid',
    'e.txid < pg_snapshot_xmin(pg_current_snapshot())',
  )}) AS unread
CROSS JOIN (
  SELECT count(*) FILTER (WHERE w.is_active)::int AS active, count(*) FILTER (WHERE w.disabled_reason = 'gone')::int AS gone,
    count(*) FILTER (WHERE w.disabled_reason = 'failing')::int AS failing,
    count(*) FILTER (WHERE w.disabled_reason = 'operator')::int AS operator
  FROM countersign.webhook_endpoint w
) AS endpoints
CROSS JOIN (
  SELECT count(*)::int AS waiting, coalesce(max(${secondsSince('o.created_at')}), 0) AS seconds FROM (
    SELECT d.created_at FROM countersign.webhook_delivery d WHERE d.state = 'waiting' LIMIT 10000
  ) AS o
) AS owed`,
);

/** @throws CountersignError `unavailable_dependency` while the database is away. */
export async function takeFigures(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  { place }: Pick<LogReader, 'place'>,
): Promise<Figures> {
  const { epoch, txid, sequence, id } = place;
  const [row] = await database.pool.query(readFigures, { epoch, txid, sequence, id, now: clock.now() });
  if (!row) throw new Error('the installation row is missing');
  const { active, gone, failing, operator, waiting, oldestWaitingSeconds } = row;
  return {
    connections: database.connections(),
    logHorizonLagSeconds: row.horizonLagSeconds,
    logReaderLagSeconds: row.readerLagSeconds,
    logReaderLagEvents: row.readerLagEvents,
    sweepLagSeconds: row.sweepLagSeconds,
    tokenKeyAgeSeconds: row.tokenKeyAgeSeconds,
    subscribers: row.subscribers,
    webhooks: { active, gone, failing, operator, waiting, oldestWaitingSeconds },
  };
}
