import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { describe, expect, it, vi } from 'vitest';
import { defineMethod } from '../../src/index.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { refusal } from '../fixtures.ts';
import { until } from '../scoped-token/stored/two-nodes.ts';
import { fax, faxConfig, listAll, openNodes, operatorOf, twoMethods } from './two-nodes.ts';

const faxId = methodIdOf('fax');
const given = { id: faxId, key: 'fax', title: 'Fax machine', config: faxConfig };
const cannotBeOpened = (log: readonly string[]) => log.filter((line) => line.includes('cannot be opened'));

describe('what was configured', () => {
  it('is so where it was at once, and within a second on another node', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const offers = async (node: typeof one) =>
      (await node.core.method.list(node.service)).some(({ key }) => key === 'fax');
    for (const node of [one, other]) expect(await offers(node)).toBe(true);
    await one.core.method.configure(operatorOf(one), { ...given, isActive: false });
    const configuredAt = performance.now();
    expect(await offers(one)).toBe(false);
    await until(async () => !(await offers(other)));
    expect(performance.now() - configuredAt).toBeLessThan(1000);
    await one.core.method.remove(operatorOf(one), { id: faxId });
    const removedAt = performance.now();
    expect(await offers(one)).toBe(true);
    await until(async () => await offers(other));
    expect(performance.now() - removedAt).toBeLessThan(1000);
  });

  it('is not read before its first use, nor after the end', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const asked = vi.spyOn(node.service.database.pool, 'query');
    await sleep(300);
    expect(asked.mock.calls.some(([{ name }]) => name.endsWith('method_configuration_read'))).toBe(false);
    await node.core.method.list(node.service);
    expect(asked.mock.calls.some(([{ name }]) => name.endsWith('method_configuration_read'))).toBe(true);
    asked.mockRestore();
    await node.core.close();
    await expect(node.core.method.list(node.service)).rejects.toMatchObject(
      refusal('unavailable_dependency'),
    );
  });

  it('is used for ten seconds while it cannot be read, and then no method is known', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    await node.core.method.configure(operatorOf(node), { ...given, isActive: false });
    const known = await listAll(node);
    await nodes.database.sql.query('ALTER TABLE countersign.method_configuration RENAME TO away');
    await sleep(300); // a read has failed
    nodes.clock.advance(10);
    expect(await listAll(node)).toEqual(known);
    nodes.clock.advance(0.001);
    await expect(listAll(node)).rejects.toMatchObject(refusal('unavailable_dependency'));
  });
});

describe('a row that does not open', () => {
  it('because its secret was removed is inactive, also the one of a method of code, and is logged once', async () => {
    await using nodes = await openNodes();
    const old = await nodes.open();
    await old.core.method.configure(operatorOf(old), { ...given, isDefault: true });
    const secret = randomBytes(32).toString('base64');
    const rotated = await nodes.open({ secret: { active: secret, previous: [nodes.secret] } });
    expect(await listAll(rotated)).toMatchObject([{}, { id: faxId, isActive: true, isDefault: true }]);
    expect(cannotBeOpened(nodes.log)).toEqual([]);
    const foreign = await nodes.open({ secret });
    expect(await listAll(foreign)).toMatchObject([
      { key: 'otp', isDefault: true },
      { id: faxId, title: 'Fax machine', isActive: false, isDefault: false },
    ]);
    expect(await foreign.core.method.list(foreign.service)).toMatchObject([{ key: 'otp' }]);
    await sleep(600); // two polls more
    expect(cannotBeOpened(nodes.log)).toHaveLength(1);
    await foreign.core.method.configure(operatorOf(foreign), { ...given, isActive: true });
    expect(await foreign.core.method.list(foreign.service)).toMatchObject([{}, { id: faxId }]);
  });

  it('because its bytes stood in another row, or its method was changed by hand, is inactive', async () => {
    await using nodes = await openNodes();
    const twin = { ...fax, key: 'twin' };
    const options = { methods: [...twoMethods, twin] };
    const node = await nodes.open(options);
    const first = await node.core.method.configure(operatorOf(node), { ...given, id: undefined });
    const second = await node.core.method.configure(operatorOf(node), { ...given, id: undefined });
    await nodes.database.sql.query(
      `UPDATE countersign.method_configuration c SET config = (SELECT o.config FROM countersign.method_configuration o WHERE o.id <> c.id)
       WHERE id = (SELECT max(id::text)::uuid FROM countersign.method_configuration)`,
    );
    await nodes.database.sql.query(
      `UPDATE countersign.method_configuration SET method = 'twin' WHERE id = (SELECT min(id::text)::uuid FROM countersign.method_configuration)`,
    );
    const shown = await (await nodes.open(options)).core.method.list(node.service);
    expect(shown.map(({ id }) => id)).not.toContain(first.id);
    expect(shown.map(({ id }) => id)).not.toContain(second.id);
  });

  it('because its method now asks for something else is inactive, and says nothing of what was in it', async () => {
    await using nodes = await openNodes();
    const old = await nodes.open();
    await old.core.method.configure(operatorOf(old), given);
    const newer = defineMethod({
      key: 'fax',
      title: 'Fax',
      binding: 'server',
      settings: z.strictObject({ account: z.string(), apiKey: z.literal('of another kind') }),
      proof: z.strictObject({ code: z.string() }),
      issue: () => ({}),
      verify: () => ({ valid: false }),
    });
    const node = await nodes.open({ methods: [newer] });
    expect(await listAll(node)).toMatchObject([{ id: faxId, isActive: false }]);
    expect(cannotBeOpened(nodes.log)).toHaveLength(1);
    expect(nodes.log.join('\n')).not.toContain(faxConfig.apiKey);
  });
});

it('no configured secret lies in a table, a view, a log or an error', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const operator = operatorOf(node);
  const { configure, remove } = node.core.method;
  const shown: unknown[] = [];
  shown.push(await configure(operator, { ...given, idempotencyKey: 'k' }));
  shown.push(await configure(operator, { ...given, idempotencyKey: 'k' }));
  shown.push(await configure(operator, { ...given, id: undefined, isDefault: true }));
  shown.push(await listAll(node), await node.core.method.list(node.service));
  const failing = async (run: () => Promise<unknown>) =>
    void shown.push(
      await run().catch((error: unknown) => [String((error as Error).stack), JSON.stringify(error)]),
    );
  await failing(() => configure(operator, { ...given, config: { ...faxConfig, account: '' } }));
  await failing(() => configure(operator, { ...given, config: { ...faxConfig, more: 1 } }));
  await failing(() => configure(operator, { ...given, config: { ...faxConfig }, id: 'mth_none' }));
  const { rows } = await nodes.database.sql.query<{ text: string; config: Buffer }>(
    'SELECT c::text AS text, config FROM countersign.method_configuration c UNION ALL SELECT k::text, NULL FROM countersign.idempotency_key k',
  );
  expect(rows).toHaveLength(3);
  const spellings = [faxConfig.apiKey, Buffer.from(faxConfig.apiKey).toString('hex')];
  for (const spelling of spellings) {
    expect(rows.map(({ text }) => text).join('\n')).not.toContain(spelling);
    expect(nodes.log.join('\n')).not.toContain(spelling);
    expect(JSON.stringify(shown)).not.toContain(spelling);
  }
  expect(nodes.log.join('\n')).toContain('a method was configured');
  await remove(operator, { id: faxId });
  expect(nodes.log.join('\n')).toContain('a configured method was removed');
});
