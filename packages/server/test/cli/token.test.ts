import { openCore, otp, type Core } from '@countersign/core';
import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { describe, expect, it } from 'vitest';
import { expectRefusals, openInstallation, type Installation } from './run-command.ts';

async function openServer({ database, secret }: Installation): Promise<Core & AsyncDisposable> {
  const methods = [otp({ send: async () => undefined })];
  const core = await openCore({ database: database.url, secret, methods, migrate: false, sweep: false });
  return { ...core, [Symbol.asyncDispose]: () => core.close() };
}

const verify = (core: Core, token: string) => core.scopedToken.verifier.verify(token, { carrier: 'h' });

async function issue(
  here: Installation,
  ...args: string[]
): Promise<{ readonly id: string; readonly token: string }> {
  const { answer, notes } = await here.run('token', 'issue', '--subject', 'ada', '--json', ...args);
  if (answer === '') throw new Error(notes);
  return JSON.parse(answer) as { id: string; token: string };
}

describe('countersign token issue', { timeout: 60_000 }, () => {
  it('prints the token alone on standard output, good for what was asked and no longer', async () => {
    await using here = await openInstallation();
    const args = ['token', 'issue', '--subject', 'ada', '--max-age', '15m', '--recipient', 'cron'];
    const grants = ['--scope', 'rpc:q:event.*', '--scope', 'http:GET,HEAD:/api/v1/**'];
    const ran = await here.run(...args, '--session', 's1', ...grants);
    expect(ran.code).toBe(0);
    expect(ran.answer).toMatch(/^cst1\.\S+\n$/);
    const token = ran.answer.trim();
    expect(ran.notes).toMatch(
      /subject +ada\n +opens +rpc:q:event\.\*\n +http:GET,HEAD:\/api\/v1\/\*\*\n +until/,
    );
    expect(ran.notes).toContain('shown once');
    expect(ran.notes).not.toContain(token.slice(-49));
    await using core = await openServer(here);
    const verdict = await verify(core, token);
    expect(verdict).toMatchObject({
      ok: true,
      subjectId: 'ada',
      sessionId: 's1',
      scope: { rpc: { q: ['event.*'] }, http: { GET: ['/api/v1/**'], HEAD: ['/api/v1/**'] } },
      claims: { rcp: 'cron', aud: 'countersign' },
    });
    if (verdict.ok) expect(verdict.claims.exp - verdict.claims.iat).toBe(900);
  });

  it('takes a preset, and an hour when no age is given', async () => {
    await using here = await openInstallation();
    const { token } = await issue(here, '--preset', 'device', '--session', `fact_${'0'.repeat(26)}`);
    await using core = await openServer(here);
    const verdict = await verify(core, token);
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(verdict.claims.exp - verdict.claims.iat).toBe(3600);
    expect(verdict.claims.scp.rpc?.m).toEqual(['authorizationRequest.grant', 'authorizationRequest.deny']);
  });

  it('issues none for what is not acceptable, and says what is expected', async () => {
    await using here = await openInstallation();
    const of = (...args: string[]) => ['token', 'issue', '--subject', 'ada', ...args];
    const preset = (...args: string[]) => of('--preset', 'subject', ...args);
    const recipientAndSession = /--recipient +expected 1 to 120 .*\n +--session +expected a session id/;
    await expectRefusals(here, [
      [of(), /--scope +expected grants such as .*; or --preset, and not both/],
      [preset('--scope', 'rpc:q:a'), /--scope +expected grants such as .*; or --preset, and not both/],
      [of('--scope', 'rpc:x:invoice'), /--scope +expected grants such as/],
      [of('--scope', 'rpc:q:**'), /A grant of wildcards alone, such as \*\* or \*\.\*, is not given\./],
      [of('--preset', 'admin'), /--preset +expected "subject" or "device"/],
      [preset('--max-age', '25h'), /24 hours at most/],
      [preset('--max-age', '3600'), /--max-age +expected a duration/],
      [preset('--recipient', 'zoë', '--session', ''), recipientAndSession],
      [preset('--request', 'areq_none'), /no such authorization request/],
    ]);
    expect((await here.database.sql.query('SELECT FROM countersign.scoped_token')).rowCount).toBe(0);
  });
});

describe('countersign token inspect', { timeout: 60_000 }, () => {
  it('tells offline what a token says, and that nobody has verified it', async () => {
    await using here = await openInstallation();
    const { id, token } = await issue(here, '--scope', 'rpc:qm:event.*', '--recipient', 'cron');
    const narrowed = attenuateScopedToken(token, {
      cid: 'bookkeeper',
      scp: { rpc: { q: ['event.list'] } },
      car: 'h',
    });
    const env = { DATABASE_URL: 'nowhere', COUNTERSIGN_SECRET: 'none' };
    const fromInput = await here.runWith({ env, input: `${narrowed}\n` }, 'token', 'inspect');
    expect(fromInput).toEqual(await here.runWith({ env }, 'token', 'inspect', narrowed));
    expect(fromInput.code).toBe(0);
    for (const line of [
      `id ${id}`,
      'subject ada',
      'service countersign',
      'opens rpc:qm:event.*',
      'and only (1) rpc:q:event.list',
      'recipient cron',
      'delegate bookkeeper',
      'comes by header',
    ])
      expect(fromInput.answer.replaceAll(/ +/g, ' ')).toContain(` ${line}\n`);
    expect(fromInput.notes).toContain('Not verified: anybody can write a token that says anything.');
    expect(fromInput.answer + fromInput.notes).not.toContain(token.slice(-49, -6));
    const json = JSON.parse(
      (await here.runWith({ input: narrowed }, 'token', 'inspect', '--json')).answer,
    ) as object;
    expect(json).toMatchObject({
      verified: false,
      id,
      claims: { sub: 'ada' },
      blocks: [{ cid: 'bookkeeper' }],
    });
    expect(json).not.toHaveProperty('active');
  });

  it('asks the database with --verify, and exits with 1 for one that is not active', async () => {
    await using here = await openInstallation();
    const { id, token } = await issue(here, '--preset', 'subject');
    const good = await here.runWith({ input: token }, 'token', 'inspect', '--verify');
    expect(good).toMatchObject({ code: 0, notes: expect.stringContaining('Active: ours') as string });
    await here.run('token', 'revoke', id);
    const revoked = await here.runWith({ input: token }, 'token', 'inspect', '--verify');
    expect(revoked).toMatchObject({ code: 1, notes: expect.stringContaining('Not active:') as string });
    const json = await here.runWith({ input: token }, 'token', 'inspect', '--verify', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.answer)).toMatchObject({ verified: false, active: false, id });
  });

  it('believes no control character that a token carries', async () => {
    await using here = await openInstallation();
    const ran = await here.run('token', 'issue', '--subject', 'ada\u001b[2J', '--preset', 'subject');
    expect(ran.notes).toContain('ada\ufffd[2J');
    const inspected = await here.runWith({ input: ran.answer }, 'token', 'inspect');
    expect(inspected.answer).toContain('ada\ufffd[2J');
    expect(inspected.answer).not.toContain('\u001b');
  });

  it('says of what is none that it is none, without repeating it', async () => {
    await using here = await openInstallation();
    const { token } = await issue(here, '--preset', 'subject');
    const misspelt = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    for (const [input, said] of [
      ['', /token +expected a scoped token/],
      [`csk_${'a'.repeat(49)}`, /not written as one/],
      ['x'.repeat(300_000), /not written as one/],
      [misspelt, /its checksum is wrong/],
    ] as const) {
      const ran = await here.runWith({ input }, 'token', 'inspect');
      expect(ran).toMatchObject({ code: 1, answer: '', notes: expect.stringMatching(said) as string });
      if (input !== '') expect(ran.notes).not.toContain(input.slice(0, 40));
      expect(ran.notes).not.toContain('    at ');
    }
    const twice = await here.run('token', 'inspect', token, token);
    expect(twice).toMatchObject({ code: 1, answer: '' });
    expect(twice.notes).toMatch(/too many arguments/);
    expect(twice.notes).not.toContain(token.slice(0, 40));
  });
});

describe('countersign token revoke', { timeout: 60_000 }, () => {
  it('ends a token, a delegate, a session or a subject, on a running server within a second', async () => {
    await using here = await openInstallation();
    await using core = await openServer(here);
    const one = await issue(here, '--preset', 'subject');
    const ofSession = await issue(here, '--preset', 'subject', '--session', 's1');
    const other = await issue(here, '--preset', 'subject');
    const delegated = attenuateScopedToken(other.token, { cid: 'bookkeeper' });
    const all = [one.token, ofSession.token, other.token, delegated];
    for (const token of all) expect(await verify(core, token)).toMatchObject({ ok: true });
    const states = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return await Promise.all(all.map(async (token) => (await verify(core, token)).ok));
    };
    expect((await here.run('token', 'revoke', one.id)).answer).toMatch(
      /^One token has ended\. In force here now/,
    );
    expect(await states()).toEqual([false, true, true, true]);
    expect((await here.run('token', 'revoke', other.id, '--delegate', 'bookkeeper')).answer).toMatch(
      /^What this delegate holds has ended; the token goes on\./,
    );
    expect(await states()).toEqual([false, true, true, false]);
    await here.run('token', 'revoke', '--session', 's1');
    expect(await states()).toEqual([false, false, true, false]);
    expect(JSON.parse((await here.run('token', 'revoke', '--subject', 'ada', '--json')).answer)).toEqual({
      revoked: 1,
    });
    expect(await states()).toEqual([false, false, false, false]);
    expect((await here.run('token', 'revoke', '--subject', 'bob')).answer).toMatch(
      /^No token that we know of/,
    );
  });

  it('ends none for what is not acceptable, and says what is expected', async () => {
    await using here = await openInstallation();
    const revoke = (...args: string[]) => ['token', 'revoke', ...args];
    await expectRefusals(here, [
      [revoke(), /token revoke +expected one of/],
      [revoke('cst_x', '--session', 's1'), /token revoke +expected one of/],
      [revoke('--session', 's1', '--delegate', 'd'), /--delegate +expected to come with the id of its token/],
      [revoke('cst_none'), /There is nothing of that id/],
      [revoke('--request', 'areq_none'), /There is nothing of that id/],
      [revoke('--request', 'areq_x', '--session', 's1'), /token revoke +expected one of/],
    ]);
  });
});
