import type pg from 'pg';
import { CountersignError, type CoreContext } from '../../src/index.ts';
import type { TestCore } from '../../testing/index.ts';
import { transferOf } from '../race/attack/open-request.ts';
import type { Random } from '../../testing/random.ts';

/**
 * One writer: requests from creation to consumption, one after the other, in transactions that begin early,
 * take their time and do not always commit. Every other call carries an idempotency key, so that ours begin
 * early too.
 */
export async function write(
  test: TestCore,
  hosts: pg.Pool,
  random: Random,
  name: string,
  isOver: () => boolean,
): Promise<void> {
  for (let life = 0; !isOver(); life += 1) await live(test, hosts, random, `${name}-${life}`);
}

async function live(test: TestCore, hosts: pg.Pool, random: Random, subjectId: string): Promise<void> {
  const { core, service, outbox } = test;
  const { create, grant, check, reset, deny } = core.authorizationRequest;
  const key = (word: string) => (random.next() < 0.5 ? { idempotencyKey: `${subjectId}-${word}` } : {});
  const address = `${subjectId}@example.org`;
  const asked = transferOf(subjectId);
  const deliverTo = { channel: 'email', address } as const;
  // Some are left alone, and expire together.
  const isLeft = random.next() < 0.2;
  const input = { ...asked, title: 'Transfer money', deliverTo, expiresInSeconds: isLeft ? 1 : 300 };
  const { id } = await create(service, { ...input, ...key('create') });
  if (isLeft) return;
  const right = () => ({ method: 'otp', code: outbox.codeFor(address) });

  const host = random.next() < 0.5 ? await begin(hosts, subjectId) : null;
  await random.pause(20);
  if (random.next() < 0.3) await reset(service, { id, ...key('reset') });
  // Guesses at the same time, and the answer in their midst.
  const proof = { method: 'otp', code: '00000000' };
  const rights = right();
  await settle([
    grant(service, { id, proof, ...key('first') }),
    check(slow(service, random), { id, proof, ...key('second') }),
    random.next() < 0.1 ? deny(service, { id }) : grant(service, { id, proof: rights, ...key('right') }),
    grant(service, { id, proof }),
  ]);

  const consumed = host ?? (await begin(hosts, subjectId));
  await settle([core.authorizationRequest.consume(service, { id, ...asked }, { tx: consumed })]);
  await random.pause(60);
  await consumed.query(random.next() < 0.3 ? 'ROLLBACK' : 'COMMIT');
  consumed.release();
  await settle([core.authorizationRequest.consume(service, { id, ...asked, ...key('consume') })]);
}

/** A host's transaction that writes first: from here on it has its number. */
async function begin(hosts: pg.Pool, subjectId: string): Promise<pg.PoolClient> {
  const client = await hosts.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO ledger (subject_id) VALUES ($1)', [subjectId]);
  return client;
}

/** A node that is a little slow: between judging and writing there is time for others. */
function slow(context: CoreContext, random: Random): CoreContext {
  const query: CoreContext['db']['query'] = async (statement, parameters) => {
    await random.pause(10);
    return await context.db.query(statement, parameters);
  };
  return { ...context, db: { ...context.db, query } };
}

/** Refusals are part of the day. */
async function settle(calls: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'rejected' && !(result.reason instanceof CountersignError)) throw result.reason;
  }
}
