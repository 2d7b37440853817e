import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMessage } from '../../src/event/wake-up/message.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from '../fixtures.ts';

const patience = { timeout: 10_000 };

/** What this process has notified of since the test began; and all else that it has sent, by name. */
let told: string[];
let sent: string[];
/** The state of the connection that each notification went by: `T` is in a transaction. */
let within: (string | null)[];
const query: unknown = Reflect.get(pg.Client.prototype, 'query');
beforeEach(() => {
  [told, sent, within] = [[], [], []];
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const config = input[0] as { name?: string; values?: string[] };
    if (config.name === 'countersign_wake_up') {
      told.push(config.values?.[0] ?? '');
      within.push(this.getTransactionStatus());
    } else sent.push(config.name ?? (typeof input[0] === 'string' ? input[0] : ''));
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
});
afterEach(() => {
  Reflect.set(pg.Client.prototype, 'query', query);
});

/** Longer than anything waits before it is told. */
const settled = () => sleep(50);

/** Core that hears; its own probe has gone out. */
async function openHearing(): Promise<TestCore> {
  let isHearing = false;
  const none = () => undefined;
  const debug = (_: unknown, text: string) => {
    if (text === 'commits of other nodes are heard at once') isHearing = true;
  };
  const test = await openTestCore({ listen: true, logger: { debug, info: none, warn: none, error: none } });
  await expect.poll(() => isHearing, patience).toBe(true);
  expect(told.map((text) => readMessage(text).says)).toEqual(['probe']);
  return test;
}

/** Core that hears, and has heard of another node. */
async function openTelling(): Promise<TestCore> {
  const test = await openHearing();
  await test.database.sql.query("SELECT pg_notify('countersign', 'another ?')");
  await expect.poll(() => told.map((text) => readMessage(text).says), patience).toEqual(['probe', 'here']);
  await settled();
  told = [];
  return test;
}

describe('a notification', () => {
  it('is one for a burst of commits', async () => {
    await using test = await openTelling();
    const { wake } = test.service;
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await createTransfer(test, { subjectId: `s${n}` })).id),
    );
    await settled();
    told = [];
    for (const id of ids) wake([id]);
    await expect.poll(() => told.map((text) => readMessage(text).ids), patience).toEqual([ids]);
    await settled();
    expect(told).toHaveLength(1);
  });

  it('names what was changed once for all calls of a moment, and never goes within a transaction', async () => {
    await using test = await openTelling();
    const requests = await Promise.all(
      Array.from({ length: 10 }, (_, n) => createTransfer(test, { subjectId: `s${n}` })),
    );
    await settled();
    [told, within] = [[], []];
    const startedAt = performance.now();
    await Promise.all(
      requests.map(({ id }) => test.core.authorizationRequest.deny(test.service, { id, idempotencyKey: id })),
    );
    const named = () => told.flatMap((text) => readMessage(text).ids);
    await expect.poll(() => named().length, patience).toBe(10);
    expect(new Set(named())).toEqual(new Set(requests.map(({ id }) => id)));
    expect(told.length).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 5);
    expect(within.length).toBe(told.length);
    expect(within).not.toContain('T');
  });

  it('goes out for each step of a life: to others a new request is only news, later steps name it', async () => {
    await using test = await openTelling();
    const said = async (run: () => Promise<unknown>) => {
      told = [];
      await run();
      await expect.poll(() => told.length, patience).toBe(1);
      await settled();
      return told.map((text) => readMessage(text)).map(({ says, ids }) => [says, ...ids]);
    };
    const { authorizationRequest: api } = test.core;
    let id = '';
    expect(await said(async () => ({ id } = await createTransfer(test)))).toEqual([['changed']]);
    for (const step of [
      () => api.grant(test.service, { id, proof: wrongProof(test) }),
      () => api.grant(test.service, { id, proof: rightProof(test) }),
      () => api.consume(test.service, { id, slug: 'transfer', subjectId: 'ada', data: transferData }),
    ])
      expect(await said(step)).toEqual([['changed', id]]);
  });

  it('is none where nothing has changed: reads, refusals, repetitions, revocations of nothing', async () => {
    await using test = await openTelling();
    const { core, service } = test;
    const { id } = await createTransfer(test);
    const denying = { id, idempotencyKey: 'k' };
    await core.authorizationRequest.deny(service, denying);
    await core.scopedToken.ready();
    await settled();
    told = [];
    await core.authorizationRequest.get(service, { id });
    await core.authorizationRequest.list(service, {});
    await core.event.list(service, {});
    await core.authorizationRequest.deny(service, denying);
    await expect(core.authorizationRequest.deny(service, { id })).rejects.toMatchObject(
      refusal('not_waiting'),
    );
    await expect(createTransfer(test, { subjectId: '' })).rejects.toMatchObject(refusal('invalid_input'));
    await core.scopedToken.revoke(service, { sessionId: 'nobody' });
    await core.serviceKey.create(core.context({ kind: 'operator' }), { title: 'billing' });
    await settled();
    expect(told).toEqual([]);
  });

  it('is none of a process that is alone, and begins with the first that joins it', async () => {
    await using test = await openHearing();
    for (let n = 0; n < 10; n += 1) await createTransfer(test, { subjectId: `s${n}` });
    await settled();
    expect(told).toHaveLength(1);
    await test.database.sql.query("SELECT pg_notify('countersign', 'another ?')");
    await expect.poll(() => told.map((text) => readMessage(text).says), patience).toEqual(['probe', 'here']);
    await createTransfer(test);
    await expect
      .poll(() => told.map((text) => readMessage(text).says), patience)
      .toEqual(['probe', 'here', 'changed']);
  });

  it('is none of a process that is not to listen', async () => {
    await using test = await openTestCore();
    await createTransfer(test);
    await settled();
    expect(told).toEqual([]);
    expect(sent).not.toContain('LISTEN countersign');
  });
});
