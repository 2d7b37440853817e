import { describe, expect, it } from 'vitest';
import { methodIdOf } from '../../src/method/method-id.ts';
import { refusal } from '../fixtures.ts';
import { faxConfig, listAll, openNodes, operatorOf } from './two-nodes.ts';

const given = { key: 'fax', title: 'Fax machine', config: faxConfig };
const faxId = methodIdOf('fax');

describe('the default', () => {
  it('is one under 200 parallel switches over two nodes, with and without idempotency keys', async () => {
    await using nodes = await openNodes();
    const all = [await nodes.open(), await nodes.open()] as const;
    const operators = all.map(operatorOf);
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) => all[n % 2 ? 1 : 0].core.method.configure(operators[n % 2]!, given)),
    );
    const ids = [...made.map(({ id }) => id), faxId, undefined];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        all[n % 2 ? 1 : 0].core.method.configure(operators[n % 2]!, {
          ...given,
          id: ids[n % ids.length],
          isDefault: true,
          ...(n % 3 === 0 && { idempotencyKey: `k${n}` }),
        }),
      ),
    );
    expect(answers.every(({ isDefault }) => isDefault)).toBe(true);
    const { rows } = await nodes.database.sql.query<{ count: string }>(
      'SELECT count(*) FROM countersign.method_configuration WHERE is_default',
    );
    expect(Number(rows[0]?.count)).toBe(1);
    for (const node of all) {
      await node.service.methodConfigurations.refresh();
      expect((await listAll(node)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
    }
  });

  it('is never two, whatever is written beside us: the database refuses the second', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { configure } = node.core.method;
    await configure(operatorOf(node), given);
    await configure(operatorOf(node), { ...given, isDefault: true });
    await expect(
      nodes.database.sql.query('UPDATE countersign.method_configuration SET is_default = true'),
    ).rejects.toThrow(/one_default_method/);
  });

  it('is taken over at once by the one that is made the default', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { configure } = node.core.method;
    const defaults = async () =>
      (await listAll(node)).filter(({ isDefault }) => isDefault).map(({ id }) => id);
    expect(await defaults()).toEqual([methodIdOf('otp')]);
    await configure(operator, { ...given, id: faxId, isDefault: true });
    expect(await defaults()).toEqual([faxId]);
    const { id } = await configure(operator, { ...given, isDefault: true });
    expect(await defaults()).toEqual([id]);
    await configure(operator, { ...given, id, title: 'Still the default' });
    expect(await defaults()).toEqual([id]);
    await configure(operator, { ...given, id, isDefault: false });
    expect(await defaults()).toEqual([methodIdOf('otp')]);
  });

  it('that is switched off or removed is the first active method instead, and is not the default when it is back', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { configure, remove } = node.core.method;
    const defaults = async () =>
      (await listAll(node)).filter(({ isDefault }) => isDefault).map(({ id }) => id);
    const { id } = await configure(operator, { ...given, isDefault: true });
    await configure(operator, { ...given, id, isActive: false });
    expect(await defaults()).toEqual([methodIdOf('otp')]);
    await expect(configure(operator, { ...given, id, isDefault: true })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
    await configure(operator, { ...given, id, isActive: true });
    expect(await defaults()).toEqual([methodIdOf('otp')]);
    await configure(operator, {
      key: 'otp',
      title: 'Code',
      config: {},
      id: methodIdOf('otp'),
      isActive: false,
    });
    expect(await defaults()).toEqual([faxId]);
    await configure(operator, { ...given, id, isActive: true, isDefault: true });
    await remove(operator, { id });
    expect(await defaults()).toEqual([faxId]);
  });
});
