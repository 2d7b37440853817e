import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reseal } from '../../src/maintenance/reseal.ts';
import { formatId } from '../../src/id.ts';
import type { CoreContext } from '../../src/index.ts';
import { openTestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { openNodes } from '../scoped-token/stored/two-nodes.ts';
import {
  answers,
  createEndpoint,
  createFarEnd,
  deliveriesIn,
  oneEvent,
  openEndpoints,
  operatorOf,
  plantSecret,
  until,
} from './endpoints.ts';
import { owe } from './owed.ts';

const unknown = formatId('webhook', '0197a3c0-0000-7000-8000-000000000000');

describe('an endpoint', () => {
  it('is created, listed, changed and removed by an operator alone', async () => {
    await using test = await openTestCore();
    const { webhook } = test.core;
    const { id } = await createEndpoint(test);
    const calls = [
      (context: CoreContext) => webhook.create(context, { url: 'https://ledger.example/' }),
      (context: CoreContext) => webhook.list(context, {}),
      (context: CoreContext) => webhook.update(context, { id, isActive: false }),
      (context: CoreContext) => webhook.rotateSecret(context, { id }),
      (context: CoreContext) => webhook.test(context, { id }),
      (context: CoreContext) => webhook.deliveries(context, {}),
      (context: CoreContext) => webhook.replay(context, { endpointId: id, since: '2026-11-22T12:00:00Z' }),
      (context: CoreContext) => webhook.remove(context, { id }),
    ];
    for (const context of [test.service, test.subject('ada')])
      for (const call of calls) await expect(call(context)).rejects.toMatchObject(refusal('forbidden'));
    expect(await webhook.list(operatorOf(test), {})).toMatchObject([
      {
        id,
        url: 'https://ledger.example/hook',
        description: null,
        types: null,
        slug: null,
        isActive: true,
        disabledReason: null,
        previousSecretUntil: null,
        lastDeliveredAt: null,
        createdBy: 'operator',
      },
    ]);
  });

  it('that nobody knows is not found, whatever is asked of it', async () => {
    await using test = await openTestCore({ webhooks: { transport: createFarEnd() } });
    const { webhook } = test.core;
    const operator = operatorOf(test);
    for (const id of [
      unknown,
      'whk_x',
      'nothing',
      formatId('factor', '0197a3c0-0000-7000-8000-000000000000'),
    ]) {
      const calls = [
        () => webhook.update(operator, { id, isActive: true }),
        () => webhook.rotateSecret(operator, { id }),
        () => webhook.test(operator, { id }),
        () => webhook.replay(operator, { endpointId: id, since: '2026-11-22T12:00:00Z' }),
        () => webhook.replay(operator, { deliveryId: id }),
        () => webhook.remove(operator, { id }),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject(refusal('not_found'));
      expect(await webhook.deliveries(operator, { endpointId: id })).toEqual({ items: [], nextCursor: null });
    }
  });

  it('changes in what is given and in nothing else', async () => {
    await using test = await openTestCore();
    const { webhook } = test.core;
    const operator = operatorOf(test);
    const { id } = await createEndpoint(test, 'ledger.example', {
      types: ['factor.locked'],
      slug: 'transfer',
      description: 'the ledger',
    });
    const before = (await webhook.list(operator, {}))[0];
    expect(await webhook.update(operator, { id })).toEqual(before);
    expect(await webhook.update(operator, { id, slug: null })).toEqual({ ...before, slug: null });
    expect(await webhook.update(operator, { id, types: null, description: null })).toEqual({
      ...before,
      slug: null,
      types: null,
      description: null,
    });
    expect(await webhook.update(operator, { id, url: 'https://other.example/x' })).toMatchObject({
      url: 'https://other.example/x',
      isActive: true,
    });
    for (const url of ['http://ledger.example/', 'https://ledger.example/#x'])
      await expect(webhook.update(operator, { id, url })).rejects.toMatchObject(refusal('invalid_input'));
  });

  it('is one of 64 at most', async () => {
    await using test = await openTestCore();
    for (let n = 0; n < 64; n += 1) await createEndpoint(test, `host-${n}.example`);
    await expect(createEndpoint(test, 'one-more.example')).rejects.toMatchObject(refusal('invalid_input'));
  });

  it('is created once by one idempotency key, and the repetition does not show its secret again', async () => {
    await using test = await openTestCore();
    const operator = operatorOf(test);
    const input = { url: 'https://ledger.example/', idempotencyKey: 'k' };
    const first = await test.core.webhook.create(operator, input);
    plantSecret(first.secret ?? '');
    expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await test.core.webhook.create(operator, input)).toEqual({ ...first, secret: null });
    const rotation = { id: first.id, idempotencyKey: 'r' };
    const rotated = await test.core.webhook.rotateSecret(operator, rotation);
    plantSecret(rotated.secret ?? '');
    expect(await test.core.webhook.rotateSecret(operator, rotation)).toEqual({ ...rotated, secret: null });
    expect(await test.core.webhook.list(operator, {})).toHaveLength(1);
  });
});

describe('a test message', () => {
  it('reaches its endpoint alone, signed, once, and stands in no log', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const operator = operatorOf(test);
    const { id, secret } = await createEndpoint(test);
    await createEndpoint(test, 'other.example');
    far.answer('ledger.example', () => answers(204));
    expect(await test.core.webhook.test(operator, { id })).toEqual({
      delivered: true,
      at: test.clock.now(),
      status: 204,
      failure: null,
      milliseconds: 1,
    });
    expect(far.sent).toHaveLength(1);
    expect(far.sent[0]).toMatchObject({ url: 'https://ledger.example/hook', secrets: [secret] });
    expect(far.sent[0]?.id).toMatch(/^test_/);
    expect(JSON.parse(far.sent[0]?.body ?? '')).toEqual({
      type: 'webhook.test',
      timestamp: test.clock.now().toISOString(),
      data: { endpointId: id },
    });
    expect((await test.events(test.service, {})).items).toEqual([]);
    expect(await deliveriesIn(test)).toEqual([]);
  });

  it('that fails says how, and switches nothing off', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const operator = operatorOf(test);
    const { id } = await createEndpoint(test);
    far.answer('ledger.example', () => answers(410));
    expect(await test.core.webhook.test(operator, { id })).toMatchObject({ delivered: false, status: 410 });
    far.answer('ledger.example', () => ({ kind: 'failed', reason: 'address_refused', milliseconds: 0 }));
    expect(await test.core.webhook.test(operator, { id })).toMatchObject({
      delivered: false,
      status: null,
      failure: 'address_refused',
    });
    expect((await test.core.webhook.list(operator, {}))[0]?.isActive).toBe(true);
  });

  it('is refused where nothing is sent', async () => {
    await using test = await openTestCore();
    const { id } = await createEndpoint(test);
    await expect(test.core.webhook.test(operatorOf(test), { id })).rejects.toMatchObject(
      refusal('unavailable'),
    );
  });
});

describe('the secret of an endpoint', () => {
  it('lies in no table, event, log or answer after the one that made it', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test; // every database and log of a test is looked through for it at its end
    const { id, secret } = await createEndpoint(test);
    const operator = operatorOf(test);
    const rotated = await test.core.webhook.rotateSecret(operator, { id, idempotencyKey: 'r' });
    plantSecret(rotated.secret ?? '');
    far.answer('ledger.example', () => answers(410));
    await oneEvent(test);
    await until(async () => (await deliveriesIn(test, 'failed')).length === 1);
    const answered = JSON.stringify([
      await test.core.webhook.list(operator, {}),
      await deliveriesIn(test),
      await test.core.webhook.update(operator, { id, isActive: true }),
      await test.events(test.service, {}),
    ]);
    for (const text of [secret, rotated.secret ?? '']) expect(answered).not.toContain(text.slice(6, 30));
  });

  it('outlives a rotation of the deployment’s secret, which seals it anew', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const before = await nodes.open();
    const { id, secret } = await createEndpoint(before);
    const active = randomBytes(32).toString('base64');
    const during = await nodes.open({ secret: { active, previous: [nodes.secret] } });
    expect(await reseal(during.service)).toEqual({ factors: 0, methods: 0, webhooks: 1, unopened: 0 });
    expect(await reseal(during.service)).toEqual({ factors: 0, methods: 0, webhooks: 0, unopened: 0 });
    const after = await nodes.open({ secret: active, webhooks: { transport: far } });
    await after.core.webhook.test(operatorOf(after), { id });
    expect(far.sent[0]?.secrets).toEqual([secret]);
  });

  it('that does not open any more sends nothing unsigned; it is said, tried again, and mended by a rotation', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const before = await nodes.open();
    const { id } = await createEndpoint(before);
    const foreign = { secret: randomBytes(32).toString('base64'), webhooks: { transport: far } };
    const node = await nodes.open(foreign);
    await owe(before.service, id, 1);
    await until(async () => (await deliveriesIn(node))[0]?.tries.length === 1);
    expect((await deliveriesIn(node))[0]).toMatchObject({
      state: 'waiting',
      tries: [{ failure: 'secret_unreadable', status: null }],
    });
    expect(far.sent).toEqual([]);
    expect(nodes.log.some((line) => line.includes('does not open'))).toBe(true);
    const { secret } = await node.core.webhook.rotateSecret(operatorOf(node), { id });
    nodes.clock.advance(6);
    await until(() => far.sent.length > 0);
    expect(far.sent[0]?.secrets).toEqual([secret]);
  });

  it('of one row does not open in another', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    await createEndpoint(test, 'other.example');
    await test.database.sql.query(
      `UPDATE countersign.webhook_endpoint w SET secrets = (SELECT o.secrets FROM countersign.webhook_endpoint o WHERE o.id <> w.id)`,
    );
    expect(await test.core.webhook.test(operatorOf(test), { id })).toMatchObject({
      delivered: false,
      failure: 'secret_unreadable',
    });
    expect(far.sent).toEqual([]);
  });
});

it('ten rotations at once each show another secret, and the last one with the one before it sign', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  const { id } = await createEndpoint(test);
  const rotations = await Promise.allSettled(
    Array.from({ length: 10 }, () => test.core.webhook.rotateSecret(operatorOf(test), { id })),
  );
  const shown = rotations.flatMap((one) => (one.status === 'fulfilled' ? [one.value.secret ?? ''] : []));
  for (const secret of shown) plantSecret(secret);
  expect(new Set(shown).size).toBe(shown.length);
  await test.core.webhook.test(operatorOf(test), { id });
  const signing = far.sent[0]?.secrets ?? [];
  expect(signing).toHaveLength(2);
  for (const secret of signing) expect(shown).toContain(secret);
});
