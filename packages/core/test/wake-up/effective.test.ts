import { describe, expect, it, vi } from 'vitest';
import type { CoreOptions } from '../../src/index.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { device } from '../../src/method/methods/device.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { isAccepted } from '../factor/device/phone.ts';
import { address, refusal, transferData } from '../fixtures.ts';
import { fax, faxConfig, operatorOf } from '../method-configuration/two-nodes.ts';
import { until, type Node } from '../scoped-token/stored/two-nodes.ts';
import { createKey } from '../service-key/two-operators.ts';
import { startLoad } from './load.ts';
import { create, openToldNodes, proofOf, type ToldNodes } from './told-nodes.ts';

/** What ends on one node, and whether it is over on another. */
interface Ending {
  /** The read four times a second by which the other node hears of it. */
  readonly read: RegExp;
  end(): Promise<unknown>;
  isOver(): Promise<boolean>;
}

const issue = async ({ core, service }: Node) => {
  const { token, id } = await core.scopedToken.issue(service, {
    subjectId: 'ada',
    sessionId: 's1',
    preset: 'subject',
  });
  return { token: token ?? '', id };
};

const token = (named: (id: string) => Parameters<Node['core']['scopedToken']['revoke']>[1]) => {
  return async (one: Node, other: Node): Promise<Ending> => {
    const { token: text, id } = await issue(one);
    return {
      read: /token_revocation_new$/,
      end: () => one.core.scopedToken.revoke(one.service, named(id)),
      isOver: async () => !(await isAccepted(other, text)),
    };
  };
};

const endings: Readonly<Record<string, (one: Node, other: Node) => Promise<Ending>>> = {
  'one token': token((id) => ({ id })),
  'a session': token(() => ({ sessionId: 's1' })),
  'a subject’s tokens': token(() => ({ subjectId: 'ada' })),
  async 'a key that mints'(one, other) {
    const { token: text } = await issue(one);
    return {
      read: /token_key_read$/,
      end: () => one.core.scopedToken.revokeKey(one.service, { kid: text.split('.')[1] ?? '' }),
      isOver: async () => !(await isAccepted(other, text)),
    };
  },
  async 'a device'(one, other) {
    const named = { subjectId: 'ada', uuid: 'phone-1' };
    const { device: phone, secret } = await one.core.devices.register(one.service, named);
    const { token: text } = await one.core.devices.authenticate(one.service, {
      ...named,
      secret: secret ?? '',
    });
    return {
      read: /token_revocation_new$/,
      end: () => one.core.devices.revoke(one.service, { id: phone.id }),
      isOver: async () => !(await isAccepted(other, text)),
    };
  },
  async 'a service key'(one, other) {
    const { id, key } = await createKey(one);
    return {
      read: /service_key_in_force$/,
      end: () => one.core.serviceKey.revoke(operatorOf(one), { id }),
      isOver: async () => (await other.core.serviceKey.find(key)) === null,
    };
  },
  async 'a method that is switched off'(one, other) {
    return {
      read: /method_configuration_read$/,
      end: () =>
        one.core.method.configure(operatorOf(one), {
          id: methodIdOf('fax'),
          key: 'fax',
          title: 'Fax machine',
          config: faxConfig,
          isActive: false,
        }),
      isOver: async () => !(await other.core.method.list(other.service)).some(({ key }) => key === 'fax'),
    };
  },
};

async function openLoaded(
  options: Partial<CoreOptions> = {},
): Promise<{ nodes: ToldNodes; one: Node; other: Node }> {
  const nodes = await openToldNodes();
  const methods = [otp({ send: nodes.outbox.send }), totp(), device(), fax];
  const open = () => nodes.open({ methods, ...options });
  return { nodes, one: await open(), other: await open() };
}

describe('under load, what ends on one node', { timeout: 60_000 }, () => {
  it.each(Object.entries(endings))(
    'is over on another by the second of its reads, which are four a second: %s',
    async (_, prepare) => {
      const { nodes, one, other } = await openLoaded();
      await using _nodes = nodes;
      await using load = startLoad([one, other]);
      const { read, end, isOver } = await prepare(one, other);
      // It was known there, and good.
      await until(async () => !(await isOver()));
      await until(() => load.answered() > 20);
      await end();
      const asked = vi.spyOn(other.service.database.pool, 'query');
      await until(isOver);
      const reads = asked.mock.calls.filter(([{ name }]) => read.test(name));
      expect(reads.length).toBeLessThanOrEqual(2);
      asked.mockRestore();
    },
  );

  it('is over on another at once where the database decides: a removed factor, and what it granted', async () => {
    const { nodes, one, other } = await openLoaded();
    await using _nodes = nodes;
    await using load = startLoad([one, other]);
    const { authorizationRequest: here } = one.core;
    const { authorizationRequest: there } = other.core;
    const { factor } = await one.core.factors.create(one.service, {
      subjectId: 'bob',
      methodId: 'otp',
      config: { channel: 'email', address: address('bob') },
      confirmed: true,
    });
    const ask = async () =>
      await here.create(one.service, {
        slug: 'transfer',
        subjectId: 'bob',
        data: transferData,
        title: 'Transfer',
      });
    const granted = await ask();
    expect(await here.grant(one.service, { id: granted.id, proof: proofOf(nodes, 'bob') })).toMatchObject({
      granted: true,
    });
    const waiting = await ask();
    const proof = proofOf(nodes, 'bob');
    await until(() => load.answered() > 20);
    await one.core.factors.remove(one.service, { id: factor.id });
    const consumption = { id: granted.id, slug: 'transfer', subjectId: 'bob', data: transferData };
    await expect(there.consume(other.service, consumption)).rejects.toMatchObject(
      refusal('execution_window_passed'),
    );
    expect(await there.grant(other.service, { id: waiting.id, proof })).toMatchObject({ granted: false });
  });

  it.each([
    ['factor_locked', {}],
    ['subject_locked', { consecutiveWrongFree: 500, consecutiveWrongMax: 500 }],
  ] as const)('is over on another at once where wrong proofs have locked it: %s', async (reason, limits) => {
    const { nodes, one, other } = await openLoaded({ limits });
    await using _nodes = nodes;
    await using load = startLoad([one, other]);
    await until(() => load.answered() > 20);
    const open = await create(one, 'ada');
    const right = proofOf(nodes, 'ada');
    const wrong = { ...right, code: right.code === '00000000' ? '11111111' : '00000000' };
    for (let turn = 0; turn < 4; turn += 1) {
      const { id } = await create(one, 'ada');
      for (let guess = 0; guess < 5; guess += 1)
        await one.core.authorizationRequest
          .grant(one.service, { id, proof: wrong })
          .catch((error: unknown) => expect(error).toMatchObject({ name: 'CountersignError' }));
    }
    await expect(
      other.core.authorizationRequest.grant(other.service, { id: open.id, proof: right }),
    ).rejects.toMatchObject(refusal(reason));
  });
});
