import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineOperation } from '../../src/index.ts';
import { createTestClock } from '../../testing/index.ts';
import { transferData } from '../fixtures.ts';
import type { Node } from '../scoped-token/stored/two-nodes.ts';
import { readOn } from '../stream/read-on.ts';
import { openLine } from './line.ts';
import { create, openToldNodes, proofOf } from './told-nodes.ts';
import { aPoll, withoutPolls } from './without-polls.ts';

const patience = { timeout: 10_000 };

/** Once the look is over that comes with its beginning. */
async function afterLook<Opened>(
  { service }: Node,
  name: string,
  open: () => Promise<Opened>,
): Promise<Opened> {
  const asked = vi.spyOn(service.database.pool, 'query');
  const opened = await open();
  const hasLooked = () =>
    asked.mock.calls.some(
      ([statement], n) => statement.name === name && asked.mock.settledResults[n]?.type === 'fulfilled',
    );
  await expect.poll(hasLooked, patience).toBe(true);
  asked.mockRestore();
  return opened;
}

const streamOf = async (node: Node) =>
  await afterLook(node, 'countersign_log_new', async () =>
    readOn(await node.core.event.stream(node.service, {})),
  );

const watchOf = async (node: Node, id: string) =>
  await afterLook(node, 'countersign_request_news', async () =>
    readOn(await node.core.authorizationRequest.watch(node.service, { id })),
  );

describe('what one node commits', { timeout: 60_000 }, () => {
  it('reaches streams and watches of another at once, though that one never polls', async () => {
    using _ = withoutPolls();
    await using nodes = await openToldNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const stream = await streamOf(other);
    const { id } = await create(one, 'ada');
    await expect.poll(() => stream.told.length, patience).toBe(2);
    const watch = await watchOf(other, id);
    await one.core.authorizationRequest.grant(one.service, { id, proof: proofOf(nodes, 'ada') });
    await expect
      .poll(() => watch.told.map(({ type }) => type), patience)
      .toContain('authorization_request.granted');
    await one.core.authorizationRequest.consume(one.service, {
      id,
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
    });
    await watch.ended;
    await expect.poll(() => stream.told.at(-1)?.type, patience).toBe('authorization_request.consumed');
  });

  it('does not reach one that neither hears nor polls: the test above shows what notifications do', async () => {
    using _ = withoutPolls();
    await using nodes = await openToldNodes();
    const [one, deaf] = [await nodes.open(), await nodes.open({ listen: false })];
    const { id } = await create(one, 'bob');
    const [stream, watch] = [await streamOf(deaf), await watchOf(deaf, id)];
    await create(one, 'ada');
    await one.core.authorizationRequest.deny(one.service, { id });
    await aPoll();
    expect([stream.told.length, watch.told.length]).toEqual([0, 1]);
  });

  it('reaches one that does not hear when that one polls', async () => {
    await using nodes = await openToldNodes();
    const [one, deaf] = [await nodes.open(), await nodes.open({ listen: false })];
    const { id } = await create(one, 'ada');
    const stream = readOn(await deaf.core.event.stream(deaf.service, {}));
    const watch = readOn(await deaf.core.authorizationRequest.watch(deaf.service, { id }));
    await expect.poll(() => watch.told.length, patience).toBe(1);
    await one.core.authorizationRequest.deny(one.service, { id });
    await watch.ended;
    await expect.poll(() => stream.told.at(-1)?.type, patience).toBe('authorization_request.denied');
  });

  it('reaches, when notifications are swallowed, whoever polls', async () => {
    await using nodes = await openToldNodes();
    await using line = await openLine(nodes.database.url);
    const [one, other] = [await nodes.open(), await nodes.open({ database: line.url })];
    line.swallow(true);
    const { id } = await create(one, 'ada');
    const stream = readOn(await other.core.event.stream(other.service, {}));
    const watch = readOn(await other.core.authorizationRequest.watch(other.service, { id }));
    await one.core.authorizationRequest.cancel(one.service, { id });
    await watch.ended;
    await expect.poll(() => stream.told.at(-1)?.type, patience).toBe('authorization_request.cancelled');
    expect(line.listeners()).toBe(1);
  });

  it('is not lost though the connection that listens is killed again and again, and nobody polls', async () => {
    using _ = withoutPolls();
    await using nodes = await openToldNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const stream = await streamOf(other);
    let committed = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const killed = nodes.database.sql.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign listen'",
      );
      for (let n = 0; n < 5; n += 1) await create(one, `s${(committed += 1)}`);
      await killed;
      for (let n = 0; n < 5; n += 1) await create(one, `s${(committed += 1)}`);
      await expect.poll(() => stream.told.length, patience).toBe(2 * committed);
    }
    const numbered = stream.told.map(({ subjectId, sequence }) => `${subjectId} ${sequence}`);
    expect(numbered).toEqual(
      Array.from({ length: committed }, (_unused, n) => [`s${n + 1} 1`, `s${n + 1} 2`]).flat(),
    );
  });

  it('reaches a node whose clock is an hour off, either way', async () => {
    using _ = withoutPolls();
    await using nodes = await openToldNodes();
    const one = await nodes.open();
    const [early, late] = [createTestClock(), createTestClock()];
    early.advance(-3600);
    late.advance(3600);
    const others = [await nodes.open({ clock: early }), await nodes.open({ clock: late })];
    const streams = await Promise.all(others.map(streamOf));
    const { id } = await create(one, 'ada');
    for (const { told } of streams) await expect.poll(() => told.length, patience).toBe(2);
    const [ahead] = others;
    if (!ahead) throw new Error('there is one');
    const watch = await watchOf(ahead, id);
    await one.core.authorizationRequest.deny(one.service, { id });
    await watch.ended;
  });
});

describe('a host that consumes in its own transaction', () => {
  it('is told of at the next poll: nobody but the host knows when it commits', async () => {
    await using nodes = await openToldNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const { id } = await create(one, 'ada');
    await one.core.authorizationRequest.grant(one.service, { id, proof: proofOf(nodes, 'ada') });
    const stream = readOn(await other.core.event.stream(other.service, {}));
    const watch = readOn(await other.core.authorizationRequest.watch(other.service, { id }));
    const client = new pg.Client({ connectionString: nodes.database.url });
    await client.connect();
    await client.query('BEGIN');
    const input = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
    await one.core.authorizationRequest.consume(one.service, input, { tx: client });
    await client.query('COMMIT');
    await client.end();
    await watch.ended;
    await expect.poll(() => stream.told.at(-1)?.type, patience).toBe('authorization_request.consumed');
  });

  it('wakes nobody before its guarded call has committed: there is nothing to see yet', async () => {
    const transfer = defineOperation({
      slug: 'transfer',
      data: z.strictObject({ to: z.string(), amountCents: z.number() }),
      title: 'Transfer money',
      session: 'any',
    });
    await using nodes = await openToldNodes();
    const { core, service } = await nodes.open({ operations: [transfer] });
    const { id } = await create({ core, service }, 'ada', {});
    await core.authorizationRequest.grant(service, { id, proof: proofOf(nodes, 'ada') });
    const woken: (readonly string[])[] = [];
    const ada = {
      ...core.context({ kind: 'subject', subjectId: 'ada', sessionId: null }),
      wake: (changed: readonly string[]) => void woken.push(changed),
    };
    const guarded = core.guard.call(ada, { operation: transfer, data: transferData });
    const client = new pg.Client({ connectionString: nodes.database.url });
    await client.connect();
    await client.query('BEGIN');
    expect(await core.guard.take(ada, guarded, { tx: client })).toMatchObject({ id });
    await client.query('ROLLBACK');
    await client.end();
    expect(woken).toEqual([]);
    expect(await core.guard.take(ada, guarded)).toMatchObject({ id });
    expect(woken).toEqual([[id]]);
  });
});
