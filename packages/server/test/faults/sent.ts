import { setTimeout as sleep } from 'node:timers/promises';
import { formatPosition, type Position } from '../../../core/src/event/position.ts';
import type { Cluster } from './cluster.ts';
import { typesSent, type ReceivedWebhook } from './receiver.ts';

/** What the receiver of webhooks was told, laid beside the log. */
export interface Sent {
  /** Events that its filter lets through. */
  readonly events: number;
  /** What came again: of a try whose answer nobody has noted. */
  readonly repeated: number;
  readonly violations: readonly string[];
}

const patienceMs = 10_000;
const lookMs = 50;
const hastenMs = 300;

const ofTypes = /* sql */ `
SELECT e.epoch, e.txid::text, e.sequence, e.id FROM countersign.event e WHERE e.type = ANY ($1)`;

/** As if the time had passed until the next try, or until the claim of a process that is gone ends; not for ever. */
const hasten = /* sql */ `
UPDATE countersign.webhook_delivery SET next_at = now()
WHERE state = 'waiting' AND next_at > now() AND next_at < now() + interval '2 days'`;

/** Waits until each event has come that must. */
export async function judgeSent({ postgres, receiver }: Cluster): Promise<Sent> {
  const { rows } = await postgres.sql.query<Position>(ofTypes, [typesSent]);
  const truth = new Set(rows.map((row) => formatPosition(row) as string));
  const isWhole = () => new Set(receiver.received.map(({ id }) => id)).size >= truth.size;
  for (let waited = 0; waited < patienceMs && !isWhole(); waited += lookMs) {
    if (waited > 0 && waited % hastenMs === 0) await postgres.sql.query(hasten);
    await sleep(lookMs);
  }
  const { received } = receiver;
  return {
    events: truth.size,
    repeated: received.length - new Set(received.map(({ id }) => id)).size,
    violations: findMissent(truth, received),
  };
}

/** What is not as promised, in sentences: lost, invented or not asked for, not signed, out of order. */
export function findMissent(truth: ReadonlySet<string>, received: readonly ReceivedWebhook[]): string[] {
  const first = new Map(received.toReversed().map((one) => [one.id, one]));
  const last = new Map<string, number>();
  const misplaced: string[] = [];
  for (const { id, aboutId, sequence } of received.filter((one) => first.get(one.id) === one)) {
    if (sequence < (last.get(aboutId) ?? 0)) misplaced.push(id);
    last.set(aboutId, sequence);
  }
  const said = (ids: readonly string[], what: string) => ids.map((id) => `the webhook of ${id} ${what}`);
  return [
    ...said(
      [...truth].filter((id) => !first.has(id)),
      'was never sent',
    ),
    ...said(
      [...first.keys()].filter((id) => !truth.has(id)),
      'is of no event that was asked for',
    ),
    ...said(
      received.filter(({ isSigned }) => !isSigned).map(({ id }) => id),
      'is not signed',
    ),
    ...said(misplaced, 'came after a later one of the same request'),
  ];
}
