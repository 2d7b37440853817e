import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/log/logger.ts';
import { startTestServer } from '../testing/index.ts';
import { mutate, post, query } from './support/http.ts';
import { transfer, transferData, transferRequest, wrongCode } from './support/transfer.ts';

const canary = 'canary-4711';

function logged(fields: Record<string, unknown>, message = 'x'): string {
  const lines: string[] = [];
  createLogger({ level: 'debug', write: (line) => void lines.push(line) }).error(fields, message);
  return lines.join('');
}

describe('a log line', () => {
  it.each([
    'code',
    'codes',
    'proof',
    'authorization',
    'Authorization',
    'secret',
    'clientSecret',
    'token',
    'accessToken',
    'access_token',
    'password',
    'cookie',
    'Set-Cookie',
    'serviceKey',
    'service_key',
    'signature',
    'recoveryCodes',
    'DATABASE_URL',
    'connectionString',
    'text',
    'digits',
  ])('hides the field %s, at any depth', (name) => {
    expect(logged({ [name]: canary })).not.toContain(canary);
    expect(logged({ a: [{ b: { [name]: { deeper: canary } } }] })).not.toContain(canary);
    expect(logged({ err: new Error('x', { cause: { [name]: canary } }) })).not.toContain(canary);
  });

  it('shows of an error its text and place, and none of the fields that a driver adds', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: canary,
      parameters: [canary],
      row: { canary },
    });
    const line = JSON.parse(logged({ err: error })) as { err: Record<string, unknown> };
    expect(JSON.stringify(line)).not.toContain(canary);
    expect(line.err).toMatchObject({ type: 'Error', message: 'duplicate key', errorCode: '23505' });
  });

  it('hides what looks like a credential, wherever it stands', () => {
    const texts = [
      `csk_${'k'.repeat(32)}`,
      `cst1.${'t'.repeat(40)}`,
      `whsec_${'w'.repeat(43)}=`,
      `Bearer ${'b'.repeat(20)}`,
      'postgresql://ada:hunter22@db.example/bank',
    ];
    for (const text of texts) {
      const line = logged({ note: text, list: [`before ${text} after`] }, `message ${text}`);
      expect(line).not.toMatch(/k{32}|t{40}|w{43}|b{20}|hunter22/);
      expect(JSON.parse(line)).toHaveProperty('note');
    }
  });

  it('is finite, whatever is logged', () => {
    const self: Record<string, unknown> = { count: 1n, bytes: Buffer.from(canary), when: new Date(0) };
    self['self'] = self;
    const line = logged({ self, long: Array.from({ length: 1000 }, () => 0) });
    expect(line.length).toBeLessThan(10_000);
    expect(line).not.toContain(canary);
    expect(line).toContain('1970-01-01T00:00:00.000Z');
  });
});

it('lets no code, proof or key of a whole authorization into the log', async () => {
  await using server = await startTestServer({ operations: { transfer } });
  const created = await mutate(server, 'authorizationRequest.create', {
    ...transferRequest,
    context: { note: 'seen' },
  });
  const { id } = created.result as { id: string };
  const { code } = server.inbox.messages()[0]!;
  const proof = { method: 'otp', code };
  await mutate(server, 'authorizationRequest.grant', { id, proof: { ...proof, code: wrongCode(code) } });
  await mutate(server, 'authorizationRequest.check', { id, proof: { ...proof, extra: code } });
  await query(server, 'authorizationRequest.check', { id, proof });
  await post(server, 'authorizationRequest.grant', `{"json":{"id":"${id}","proof":{"code":"${code}"`);
  await mutate(server, 'authorizationRequest.grant', { id, proof });
  await mutate(server, 'authorizationRequest.consume', {
    id,
    slug: 'transfer',
    subjectId: 'ada',
    data: transferData,
  });
  const log = server.log.join('');
  expect(log).toContain('authorizationRequest.grant');
  for (const secret of [code, wrongCode(code), server.serviceKey.slice(4)]) expect(log).not.toContain(secret);
});
