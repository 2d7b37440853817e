import type { Plant } from './plants.ts';

const endpoint = (assignments: string): string =>
  `UPDATE countersign.webhook_endpoint SET ${assignments} WHERE slug = 'transfer'`;

const delivery = (assignments: string, also = 'true'): string =>
  `UPDATE countersign.webhook_delivery d SET ${assignments} WHERE type = 'authorization_request.granted' AND ${also}`;

const owed =
  'I6 each event that an endpoint asks for is owed to it, once, by the time the place behind it is written';
const own =
  'I7 nothing is owed to an endpoint that did not happen, that was before it, or that it does not ask for';
const named =
  'I6 each delivery of an event has the id of the event, and a message carries the event of its id';

const rows: readonly (readonly [against: string, what: string, sql: string])[] = [
  [
    owed,
    'an event that nobody owed',
    `DELETE FROM countersign.webhook_delivery WHERE id = (SELECT min(id::text)::uuid FROM countersign.webhook_delivery)`,
  ],
  [
    owed,
    'deliveries that were cancelled though nobody switched anything off',
    delivery(`state = 'cancelled'`),
  ],
  [owed, 'deliveries of a time before the endpoint was switched off', delivery('activation = 0')],
  [
    owed,
    'a delivery that is owed twice',
    `INSERT INTO countersign.webhook_delivery SELECT gen_random_uuid(), endpoint_id, activation, event, type, about_id, sequence,
      is_replay, body, state, next_at, claim, history, created_at, finished_at FROM countersign.webhook_delivery`,
  ],
  [own, 'deliveries of what is not in the log', delivery('about_id = gen_random_uuid()')],
  [own, 'deliveries under the name of another event', delivery(`type = 'authorization_request.denied'`)],
  [own, 'deliveries of another operation than was asked for', endpoint(`slug = 'close-account'`)],
  [own, 'deliveries of other events than were asked for', endpoint(`types = ARRAY['subject.locked']`)],
  [
    own,
    'deliveries of what was before the endpoint',
    endpoint(`from_txid = (SELECT e.txid FROM countersign.event e ORDER BY e.txid DESC LIMIT 1)`),
  ],
  [
    named,
    'two ids of one event',
    delivery(`about_id = (SELECT about_id FROM countersign.webhook_delivery LIMIT 1), sequence = 1`),
  ],
  [named, 'one id of two events', `UPDATE countersign.webhook_delivery SET event = 'evt_1'`],
  [
    named,
    'a message that carries another event',
    `UPDATE countersign.webhook_delivery SET event = event || '1' WHERE body IS NOT NULL`,
  ],
];

/** Broken rows of webhooks: two endpoints, one for transfers that were decided and one that is away. */
export const webhookPlants: readonly Plant[] = rows.map(([against, what, sql]) => ({ against, what, sql }));
