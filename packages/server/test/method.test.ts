import { defineMethod, otp, type MethodView } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { mutate, query } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { bearer, issue } from './support/tokens.ts';

const config = { apiKey: 'canary-of-the-carrier' };
const fax = defineMethod({
  key: 'fax',
  title: 'Fax',
  binding: 'server',
  factor: z.strictObject({ number: z.string() }),
  settings: z.strictObject({ apiKey: z.string().min(8) }),
  proof: z.strictObject({ code: z.string() }),
  issue: () => ({ secret: '12345678', message: '12345678' }),
  verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
});
const methods = [otp({ send: async () => undefined }), fax];
const shared = sharedServer({ methods });

async function operatorOf({ cs }: TestServer): Promise<{ readonly headers: Record<string, string> }> {
  const { key } = await cs
    .createCaller({ kind: 'operator' })
    .serviceKey.create({ title: 'console', role: 'operator' });
  return { headers: bearer(key ?? '') };
}

describe('over HTTP', () => {
  it('an operator configures a method, and every actor sees the outcome, without what was configured', async () => {
    const operator = await operatorOf(shared());
    const input = { key: 'fax', title: 'Second machine', config };
    const made = await mutate(shared(), 'method.configure', input, operator);
    const { id } = made.result as MethodView;
    expect(made.result).toMatchObject({
      key: 'fax',
      title: 'Second machine',
      isActive: true,
      isDefault: false,
    });
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    for (const init of [operator, {}, { headers: bearer(token) }]) {
      const listed = await query(shared(), 'method.list', {}, init);
      expect(listed.result).toMatchObject([
        { key: 'otp' },
        { title: 'Fax' },
        { id, title: 'Second machine' },
      ]);
      expect(listed.text).not.toContain(config.apiKey);
    }
    expect(made.text).not.toContain(config.apiKey);
    await mutate(shared(), 'method.configure', { ...input, id, isActive: false }, operator);
    expect((await query(shared(), 'method.list')).result).toHaveLength(2);
    expect((await query(shared(), 'method.list', { includeInactive: true }, operator)).result).toHaveLength(
      3,
    );
    expect((await mutate(shared(), 'method.remove', { id }, operator)).result).toEqual({ removed: true });
    expect((await query(shared(), 'method.list', { includeInactive: true }, operator)).result).toHaveLength(
      2,
    );
    expect(shared().log.join('')).not.toContain(config.apiKey);
  });

  it('nobody else configures, removes or sees what is switched off, whatever its token opens', async () => {
    const { token } = await issue(shared(), {
      scope: { rpc: { q: ['method.list'], m: ['method.configure', 'method.remove'] } },
    });
    for (const init of [{}, { headers: bearer(token) }]) {
      const answers = [
        await mutate(shared(), 'method.configure', { key: 'fax', title: 'Mine', config }, init),
        await mutate(shared(), 'method.remove', { id: 'mth_1' }, init),
        await query(shared(), 'method.list', { includeInactive: true }, init),
      ];
      for (const { error } of answers)
        expect(error?.data).toMatchObject({ reason: 'forbidden', httpStatus: 403 });
    }
    const nobody = { headers: { authorization: '' } };
    expect((await query(shared(), 'method.list', {}, nobody)).status).toBe(401);
  });

  it('a configuration that its method does not accept is refused with its place', async () => {
    const input = { key: 'fax', title: 'Fax', config: { apiKey: 'short' } };
    const { error } = await mutate(shared(), 'method.configure', input, await operatorOf(shared()));
    expect(error?.data).toMatchObject({
      reason: 'invalid_input',
      details: { issues: [{ path: ['config', 'apiKey'] }] },
    });
  });
});

it('the name of the installation reaches the methods', async () => {
  await using server = await startTestServer({ issuer: 'Acme Bank' });
  expect(server.cs.core.context({ kind: 'service' }).issuer).toBe('Acme Bank');
});
