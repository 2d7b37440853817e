import { allowsRawPrefix, readDjangoToken, writeDjangoToken } from '@countersign/core/scoped-token';
import { startTemporaryPostgres, type EmbeddedPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBank, type Bank } from '../host/bank.ts';
import { createMigratingApp, openMigratingBank, type Stragglers } from './host.ts';
import { issueToken, tokenForDjango } from './issue.ts';

const secrets = ['the SECRET_KEY of today', 'one of SECRET_KEY_FALLBACKS'];
const stragglers: Stragglers = new Map();
const options = { secret: randomBytes(32).toString('base64') };

let postgres: EmbeddedPostgres;
let bank: Bank;
beforeAll(async () => {
  postgres = await startTemporaryPostgres();
  bank = await openMigratingBank({ ...options, database: postgres.url() }, { secrets, stragglers });
});
afterAll(async () => {
  await bank[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const payload = { user: 7, max_age: 360, endpoints: { GET: ['/api/v1/reports'] }, recipient: 'partner' };
const written = (changes = {}, secret = secrets[0]!): string =>
  writeDjangoToken({ ...payload, ...changes }, { secret });
const get = async (token: string, { scheme = 'TmpToken', path = '/api/v1/reports/annual', at = bank } = {}) =>
  await fetch(`${at.url}${path}`, { headers: { authorization: `${scheme} ${token}` } });

describe('a bank on its way from Django', () => {
  it('takes what Django has signed, by any of its secrets, as it came', async () => {
    for (const secret of secrets) {
      const answer = await get(written({}, secret));
      expect(await answer.json()).toEqual({ report: 'annual', user: '7' });
    }
    expect(stragglers.get('partner')).toBe(2);
  });

  it('takes its own tokens from the same clients, who still say TmpToken', async () => {
    stragglers.clear();
    const token = await issueToken(bank.cs);
    for (const scheme of ['TmpToken', 'Bearer'])
      expect(await (await get(token, { scheme })).json()).toEqual({ report: 'annual', user: '7' });
    expect(stragglers.size).toBe(0);
  });

  it('writes for a verifier that is still Django what opens no more than its own token', async () => {
    const reading = readDjangoToken(tokenForDjango(await issueToken(bank.cs), secrets[0]!), { secrets });
    if (!reading.ok) throw new Error(reading.reason);
    expect(reading.payload).toEqual({ ...payload, endpoints: { GET: ['/api/v1/reports/'] } });
    // Django compares by startsWith.
    const { endpoints } = reading.payload as typeof payload;
    expect(allowsRawPrefix(endpoints, 'GET', '/api/v1/reports/annual')).toBe(true);
    expect(allowsRawPrefix(endpoints, 'GET', '/api/v1/reportsofothers')).toBe(false);
  });

  it('refuses what it says it refuses', async () => {
    const statuses = {
      'a path that begins alike': await get(written({ endpoints: { GET: ['/api/v1/rep'] } })),
      'more than 24 hours': await get(written({ max_age: 86_401 })),
      'the endpoint /': await get(written({ endpoints: { GET: ['/'] } })),
      'another keyword': await get(written(), { scheme: 'Token' }),
      'a query parameter': await fetch(`${bank.url}/api/v1/reports/annual?TOKEN=${written()}`),
      'another secret': await get(written({}, 'of somebody else')),
    };
    expect(Object.fromEntries(Object.entries(statuses).map(([name, { status }]) => [name, status]))).toEqual({
      'a path that begins alike': 403,
      'more than 24 hours': 401,
      'the endpoint /': 401,
      'another keyword': 401,
      'a query parameter': 401,
      'another secret': 401,
    });
    await bank.cs.createCaller({ kind: 'service' }).scopedToken.revoke({ subjectId: '8' });
    expect((await get(written({ user: 8 }))).status).toBe(401);
  });

  it('takes none of them any more when Django is not named, and its own as before', async () => {
    const without = { ...options, database: postgres.url(), scopedToken: { legacySchemes: ['TmpToken'] } };
    await using after = await openBank(without, (cs) => createMigratingApp(cs, stragglers));
    expect((await get(written(), { at: after })).status).toBe(401);
    expect((await get(await issueToken(after.cs), { at: after })).status).toBe(200);
  });
});
