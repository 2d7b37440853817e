import { describe, expect, it } from 'vitest';
import { createMethodRegistry, otp, type Actor } from '../../src/index.ts';
import { configurationsMax } from '../../src/method-configuration/configure.ts';
import { configuredMethods } from '../../src/method/configured.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { refusal } from '../fixtures.ts';
import { fax, faxConfig, listAll, openNodes, operatorOf, twoMethods } from './two-nodes.ts';

const given = { key: 'fax', title: 'Fax machine', config: faxConfig };
const settingsOf = async ({ service }: { service: ReturnType<typeof operatorOf> }) =>
  await service.methodConfigurations.current();

describe('a method that code has registered', () => {
  it('is there without any row, under the same id on every node, the first of them as the default', async () => {
    await using nodes = await openNodes();
    const expected = [
      { id: methodIdOf('otp'), key: 'otp', title: 'One-time code', isDefault: true },
      { id: methodIdOf('fax'), key: 'fax', title: 'Fax', isDefault: false },
    ];
    for (const node of [await nodes.open(), await nodes.open()])
      expect(await node.core.method.list(node.service)).toMatchObject(expected);
    const { rowCount } = await nodes.database.sql.query('SELECT FROM countersign.method_configuration');
    expect(rowCount).toBe(0);
  });

  it('is configured by its id, and what was configured reaches its hooks as its schema says', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const id = methodIdOf('fax');
    const answer = await node.core.method.configure(operatorOf(node), { ...given, id });
    expect(answer).toMatchObject({ id, key: 'fax', title: 'Fax machine', isDefault: false, isActive: true });
    expect(await listAll(node)).toContainEqual(answer);
    expect(await settingsOf(node)).toMatchObject([
      { settings: { ...faxConfig, since: new Date(0) }, isActive: true },
    ]);
  });

  it('is what code makes of it again once its configuration is removed', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const before = await listAll(node);
    const id = methodIdOf('fax');
    await node.core.method.configure(operator, { ...given, id, isDefault: true });
    expect(await listAll(node)).not.toEqual(before);
    expect(await node.core.method.remove(operator, { id })).toEqual({ removed: true });
    expect(await listAll(node)).toEqual(before);
    await expect(node.core.method.remove(operator, { id })).rejects.toMatchObject(refusal('not_found'));
  });

  it('is not offered any more, nor is its row, where it is not registered', async () => {
    await using nodes = await openNodes();
    const both = await nodes.open();
    const operator = operatorOf(both);
    await both.core.method.configure(operator, { ...given, isDefault: true });
    const one = await nodes.open({ methods: twoMethods.slice(0, 1) });
    expect(await listAll(one)).toMatchObject([{ key: 'otp', isDefault: true }]);
    await expect(one.core.method.configure(operatorOf(one), given)).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    expect(nodes.log.filter((line) => line.includes('cannot be opened'))).toEqual([]);
  });
});

describe('a further configuration of a method', () => {
  it('has an id of its own, is changed by it and is gone when it is removed', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { configure, remove } = node.core.method;
    const first = await configure(operator, given);
    const second = await configure(operator, { ...given, title: 'Second machine', isActive: false });
    expect(new Set([first.id, second.id, methodIdOf('fax')]).size).toBe(3);
    expect(await listAll(node)).toMatchObject([{ key: 'otp' }, { title: 'Fax' }, first, second]);
    const changed = await configure(operator, {
      ...given,
      id: second.id,
      title: 'Changed',
      config: { ...faxConfig, account: 'other' },
    });
    expect(changed).toEqual({ ...second, title: 'Changed' });
    expect(await settingsOf(node)).toMatchObject([
      { settings: { account: 'acme' } },
      { settings: { account: 'other' }, isActive: false },
    ]);
    await remove(operator, { id: first.id });
    expect(await listAll(node)).toMatchObject([{ key: 'otp' }, { title: 'Fax' }, changed]);
    await expect(configure(operator, { ...given, id: first.id })).rejects.toMatchObject(refusal('not_found'));
  });

  it('is made once for one idempotency key', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const operator = operatorOf(one);
    const input = { ...given, idempotencyKey: 'k' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        [one, other][n % 2]!.core.method.configure(operatorOf([one, other][n % 2]!), input),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await expect(
      one.core.method.configure(operator, { ...input, config: { ...faxConfig, apiKey: 'another key' } }),
    ).rejects.toMatchObject(refusal('idempotency_conflict', { inProgress: false }));
    const removal = { id: answers[0]!.id, idempotencyKey: 'r' };
    for (let n = 0; n < 2; n += 1)
      expect(await one.core.method.remove(operator, removal)).toEqual({ removed: true });
  });

  it(`is one of ${configurationsMax} at most: a node reads all of them four times a second`, async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { id } = await node.core.method.configure(operator, given);
    await nodes.database.sql.query(
      `INSERT INTO countersign.method_configuration
       SELECT gen_random_uuid(), 'gone', 'Gone', '', true, false, now(), now() FROM generate_series(2, $1::int)`,
      [configurationsMax],
    );
    await expect(node.core.method.configure(operator, given)).rejects.toMatchObject(refusal('invalid_input'));
    await node.core.method.configure(operator, { ...given, id, title: 'Still changed' });
  });
});

describe('only an operator', () => {
  const others: readonly Actor[] = [
    { kind: 'service' },
    { kind: 'service', keyId: 'key_first' },
    { kind: 'subject', subjectId: 'ada', sessionId: null },
    { kind: 'device', subjectId: 'ada', factorId: 'fact_1' },
  ];

  it.each(others)('configures, removes and sees what is switched off: not $kind', async (actor) => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { configure, remove, list } = node.core.method;
    const { id } = await configure(operatorOf(node), { ...given, isActive: false });
    const context = node.core.context(actor);
    const forbidden = refusal('forbidden');
    await expect(configure(context, given)).rejects.toMatchObject(forbidden);
    await expect(configure(context, { ...given, id, idempotencyKey: 'k' })).rejects.toMatchObject(forbidden);
    await expect(remove(context, { id })).rejects.toMatchObject(forbidden);
    await expect(list(context, { includeInactive: true })).rejects.toMatchObject(forbidden);
    const shown = await list(context, { includeInactive: false });
    expect(shown.map((method) => method.key)).toEqual(['otp', 'fax']);
    for (const method of shown)
      expect(Object.keys(method)).toEqual(['id', 'key', 'title', 'isDefault', 'factorSchema']);
  });

  it('sees forms: the schema of a subject’s configuration and of the operator’s own', async () => {
    await using nodes = await openNodes();
    const [otpView, faxView] = await listAll(await nodes.open());
    expect(otpView).toMatchObject({
      isActive: true,
      settingsSchema: null,
      factorSchema: { type: 'object', required: ['channel', 'address'] },
    });
    expect(faxView).toMatchObject({
      settingsSchema: { type: 'object', required: ['account', 'apiKey'], additionalProperties: false },
      factorSchema: { type: 'object', required: ['number'] },
    });
  });
});

describe('what is not acceptable', () => {
  it.each([
    [{ key: 'fax', title: 'Fax' }, 'config'],
    [{ ...given, title: '' }, 'title'],
    [{ ...given, title: 'x'.repeat(201) }, 'title'],
    [{ ...given, title: 'a\u0000b' }, 'title'],
    [{ ...given, config: {} }, 'config.account'],
    [{ ...given, config: { ...faxConfig, apiKey: 1 } }, 'config.apiKey'],
    [{ ...given, config: { ...faxConfig, more: 1 } }, 'config'],
    [{ ...given, config: { ...faxConfig, account: '\ud800' } }, 'config.account'],
    [{ ...given, config: { ...faxConfig, account: 'x'.repeat(17 * 1024) } }, 'config'],
    [{ ...given, config: [] }, 'config'],
    [{ key: 'otp', title: 'Code', config: { sender: 'x' } }, 'config'],
    [{ ...given, id: methodIdOf('otp') }, 'key'],
    [{ ...given, isActive: false, isDefault: true }, 'isDefault'],
    [{ ...given, secret: 'x' }, ''],
  ])('is refused with its place, and nothing is written: %#', async (input, place) => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const error: unknown = await node.core.method
      .configure(operatorOf(node), input as never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refusal('invalid_input'));
    const { issues } = (error as { details: { issues: { path: string[] }[] } }).details;
    expect(issues[0]?.path.join('.')).toBe(place);
    expect(JSON.stringify(issues)).not.toContain(faxConfig.apiKey);
    const { rowCount } = await nodes.database.sql.query('SELECT FROM countersign.method_configuration');
    expect(rowCount).toBe(0);
  });

  it('an unknown id is not found, an unknown key is unavailable, and a configuration stays one of its method', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { configure, remove } = node.core.method;
    const unknown = ['mth_', 'anything', 'key_x', methodIdOf('gone')];
    for (const id of unknown) {
      await expect(configure(operator, { ...given, id })).rejects.toMatchObject(refusal('not_found'));
      await expect(remove(operator, { id })).rejects.toMatchObject(refusal('not_found'));
    }
    await expect(configure(operator, { ...given, key: 'gone' })).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    const { id } = await configure(operator, given);
    await expect(configure(operator, { id, key: 'otp', title: 'Code', config: {} })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });
});

describe('a registry', () => {
  it('is one of several in a process, in the order in which it was given', () => {
    const send = async () => undefined;
    const first = createMethodRegistry([otp({ send }), fax]);
    const second = createMethodRegistry([fax]);
    expect(configuredMethods(first, []).map(({ method, isDefault }) => [method.key, isDefault])).toEqual([
      ['otp', true],
      ['fax', false],
    ]);
    expect(configuredMethods(second, [])).toMatchObject([{ method: fax, isDefault: true }]);
    expect(second.get('otp')).toBeUndefined();
  });

  it('has no two methods of one key, and none whose key is not kebab-case', () => {
    expect(() => createMethodRegistry([fax, fax])).toThrow(TypeError);
    expect(() => createMethodRegistry([{ ...fax, key: 'Fax' }])).toThrow(TypeError);
  });
});
