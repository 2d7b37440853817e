import { createTestDatabase } from '@countersign/core/testing';
import { expect, it } from 'vitest';
import { createCountersignClient } from '../../../client/src/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startBalancer } from './balancer.ts';
import { startLives } from './lives.ts';
import { openServeNode, writeConfig } from './serve-node.ts';

const serviceKey = `csk_${'a'.repeat(40)}`;
/** A node says that it leaves for as long as thirty checks of the balancer take, or a few on a busy machine. */
const checkMs = 50;
const drainSeconds = 1.5;
const patience = { timeout: 60_000, interval: 20 };
const types = ['created', 'challenged', 'granted', 'consumed'].map((step) => `authorization_request.${step}`);

it(
  'three nodes are restarted one after the other without a failed call and without a lost or repeated event',
  { timeout: 150_000 },
  async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await writeConfig(folder.path, drainSeconds);
    const env = {
      DATABASE_URL: database.url,
      COUNTERSIGN_SECRET: Buffer.alloc(32, 1).toString('base64'),
      COUNTERSIGN_SERVICE_KEY: serviceKey,
    };
    await using first = await openServeNode(folder.path, env);
    await using second = await openServeNode(folder.path, env);
    await using third = await openServeNode(folder.path, env);
    const nodes = [first, second, third];
    await using balancer = await startBalancer(
      nodes.map(({ port }) => port),
      checkMs,
    );
    for (const node of nodes) node.start();
    for (const { port } of nodes) await expect.poll(() => balancer.isIn(port), patience).toBe(true);

    const url = `http://127.0.0.1:${balancer.port}`;
    const leaving = new AbortController();
    const streams = Array.from({ length: 3 }, () => {
      const told: { id: string; about: string; sequence: number; type: string }[] = [];
      const read = async () => {
        await using client = createCountersignClient({
          url: `${url}/trpc`,
          token: serviceKey,
          transport: 'websocket',
        });
        for await (const { id, about, sequence, type } of client.event.stream({ from: 'start' }, leaving))
          told.push({ id, about: about.id, sequence, type });
      };
      return { told, ended: read() };
    });
    const lives = startLives(url, serviceKey, 4);
    for (const node of nodes) {
      const before = lives.lived();
      await expect.poll(() => lives.lived() - before, patience).toBeGreaterThan(5);
      expect(await node.stop(), node.output()).toBe(0);
      node.start();
      await expect.poll(() => balancer.isIn(node.port), patience).toBe(true);
    }
    await lives.finish();

    expect({ calls: lives.failed, why: balancer.failed }).toEqual({ calls: [], why: [] });
    for (const { told } of streams)
      await expect.poll(() => told.length, patience).toBeGreaterThanOrEqual(lives.lived() * types.length);
    leaving.abort();
    await Promise.all(streams.map(({ ended }) => ended));
    for (const { told } of streams) {
      const requests = Map.groupBy(told, ({ about }) => about);
      expect(requests.size).toBe(lives.lived());
      for (const events of requests.values()) {
        expect(events.map(({ type }) => type)).toEqual(types);
        expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
      }
    }
    // The node that each stream was on has gone: all of them were moved.
    expect(balancer.handedOn()).toBeGreaterThanOrEqual(2 * streams.length);
    console.log(JSON.stringify({ lives: lives.lived(), sockets: balancer.handedOn() }));
  },
);
