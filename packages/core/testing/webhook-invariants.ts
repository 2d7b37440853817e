import { isPruned, log, type InvariantCheck } from './invariant-check.ts';

/** The endpoints, and the place up to which the log was read for them; none while it was never read. */
const endpoints = `countersign.webhook_endpoint w CROSS JOIN countersign.subscriber s`;
const isFanOut = `s.name = 'countersign.webhooks'`;

/**
 * Whether an event is surely judged by the filter that the endpoint has now: by the transaction that made it, or, where
 * somebody has changed it since, by the clocks, with a margin of a minute. What was committed beside the transaction
 * that made it may have been read before.
 */
const isSince = `(CASE WHEN w.updated_at = w.created_at THEN (e.epoch, e.txid) > (w.from_epoch, w.event_txid)
    ELSE e.occurred_at > w.updated_at + interval '1 minute' END
  AND (w.created_at >= s.created_at OR e.occurred_at > s.created_at))`;

const isWanted =
  '((w.types IS NULL OR e.type = ANY (w.types)) AND (w.slug IS NULL OR e.slug IS NOT DISTINCT FROM w.slug))';

const about = `'event ' || d.sequence || ' of ' || d.about_id`;

/** The invariants of what is owed to webhook endpoints. */
export const webhookChecks: readonly InvariantCheck[] = [
  {
    // Retention forgets nothing that is younger than two days, and a replay that waited stands for the first delivery.
    promise:
      'I6 each event that an endpoint asks for is owed to it, once, by the time the place behind it is written',
    timed: true,
    sql: `SELECT w.id::text AS about, e.type || ' of ' || e.about_id || ' is not owed' AS wrong
      FROM ${endpoints} CROSS JOIN ${log} e
      WHERE ${isFanOut} AND w.is_active AND ${isSince} AND ${isWanted}
        AND (e.epoch, e.txid, e.sequence, e.id) <= (s.epoch, s.txid, s.sequence, s.id)
        AND e.occurred_at > $2::timestamptz - interval '2 days'
        AND NOT EXISTS (SELECT FROM countersign.webhook_delivery d WHERE d.endpoint_id = w.id AND d.activation = w.activation
          AND d.about_id = e.about_id AND d.sequence = e.sequence AND d.state <> 'cancelled')
      UNION ALL
      SELECT d.endpoint_id::text, ${about} || ' is owed ' || count(*) || ' times' FROM countersign.webhook_delivery d
      WHERE NOT d.is_replay GROUP BY d.endpoint_id, d.about_id, d.sequence HAVING count(*) > 1`,
  },
  {
    promise:
      'I7 nothing is owed to an endpoint that did not happen, that was before it, or that it does not ask for',
    sql: `SELECT d.endpoint_id::text AS about, d.type || ', ' || ${about} AS wrong
      FROM countersign.webhook_delivery d LEFT JOIN ${log} e ON e.about_id = d.about_id AND e.sequence = d.sequence
      WHERE e.type IS DISTINCT FROM d.type AND NOT (e.id IS NULL AND ${isPruned})
      UNION ALL
      SELECT w.id::text, e.type || ', ' || ${about} || ' is not its own'
      FROM countersign.webhook_delivery d JOIN ${log} e ON e.about_id = d.about_id AND e.sequence = d.sequence
      JOIN (${endpoints}) ON w.id = d.endpoint_id AND w.activation = d.activation AND ${isFanOut}
      WHERE NOT d.is_replay AND ((e.epoch, e.txid) < (w.from_epoch, w.from_txid) OR ${isSince} AND NOT ${isWanted})`,
  },
  {
    promise:
      'I6 each delivery of an event has the id of the event, and a message carries the event of its id',
    sql: `SELECT d.about_id::text AS about, ${about} || ' has ' || count(DISTINCT d.event) || ' ids' AS wrong
      FROM countersign.webhook_delivery d GROUP BY d.about_id, d.sequence HAVING count(DISTINCT d.event) > 1
      UNION ALL
      SELECT d.event, 'the id of ' || count(DISTINCT (d.about_id, d.sequence)) || ' events'
      FROM countersign.webhook_delivery d GROUP BY d.event HAVING count(DISTINCT (d.about_id, d.sequence)) > 1
      UNION ALL
      SELECT d.event, 'carries ' || concat_ws(' ', d.body::json->>'type', d.body::json->'data'->>'id')
      FROM countersign.webhook_delivery d WHERE d.body IS NOT NULL
        AND (d.body::json->>'type', d.body::json->'data'->>'id') IS DISTINCT FROM (d.type, d.event)`,
  },
];
