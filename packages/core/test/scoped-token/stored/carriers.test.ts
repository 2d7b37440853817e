import { expect, it } from 'vitest';
import { openTestCore } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { accept, issueAndPresent, own } from './present.ts';
import { attenuateScopedToken, deriveTokenKey, mintScopedToken } from '../../../src/scoped-token/index.ts';

const root = new Uint8Array(32).fill(7);
const kid = '2026a';
const keyService = { keys: async () => [{ kid, state: 'active' as const, root }] };
const request = { id: 'areq_1', hash: 'A'.repeat(43) };

it('a token in a URL lives a minute at most, or is used once; and says itself that it may be there', async () => {
  await using test = await openTestCore({ scopedToken: { keyService } });
  const iat = Math.floor(test.clock.now().getTime() / 1000);
  const key = deriveTokenKey({ root, kid, audience: 'countersign' });
  const mint = (more: object) => {
    const jti = 'AQIDBAUGBwgJCgsMDQ4PEA';
    const claims = { jti, sub: 'ada', aud: 'countersign', iat, exp: iat + 3600, scp: {}, ...more };
    return mintScopedToken({ key, kid, claims });
  };
  const inUrl = async (token: string): Promise<string> => {
    const verdict = await test.core.scopedToken.verifier.verify(token, { carrier: 'q' });
    return verdict.ok ? 'accepted' : verdict.reason;
  };
  expect(await inUrl(mint({ car: 'q' }))).toBe('wrong_carrier');
  expect(await inUrl(mint({ car: 'q', exp: iat + 61 }))).toBe('wrong_carrier');
  expect(await inUrl(mint({ car: 'q', exp: iat + 60 }))).toBe('accepted');
  expect(await inUrl(mint({ car: 'hwq', arq: request }))).toBe('accepted');
  expect(await inUrl(attenuateScopedToken(mint({ car: 'q' }), { arq: request }))).toBe('accepted');
  expect(await inUrl(attenuateScopedToken(mint({ car: 'q' }), { exp: iat + 60 }))).toBe('accepted');
  expect(await inUrl(mint({ exp: iat + 60, arq: request }))).toBe('wrong_carrier');
  expect(await inUrl(attenuateScopedToken(mint({ arq: request }), { car: 'q' }))).toBe('wrong_carrier');
});

it('a token is issued for a URL for a minute, and for longer only when a request pays for its one call', async () => {
  await using test = await openTestCore();
  const { scopedToken } = test.core;
  const issue = (more: object) => scopedToken.issue(test.service, { ...own, ...more });
  const brief = await issue({ carriers: ['query'] });
  expect(brief.expiresAt.getTime() - Math.floor(test.clock.now().getTime() / 1000) * 1000).toBe(60_000);
  expect((await accept(test, brief.token ?? '', 'q')).restrictions.carriers).toBe('q');
  await expect(issue({ carriers: ['query'], maxAgeSeconds: 61 })).rejects.toMatchObject(
    refusal('lifetime_too_long'),
  );
  await expect(issue({ carriers: [] })).rejects.toMatchObject(refusal('invalid_input'));
  const { restrictions } = await accept(
    test,
    (await issue({ carriers: ['webSocket', 'header'] })).token ?? '',
  );
  expect(restrictions.carriers).toBe('hw');
});

it('a subject narrows the carriers of its token, and never adds one', async () => {
  await using test = await openTestCore();
  const { context } = await issueAndPresent(test);
  const narrow = (carriers: ('header' | 'webSocket' | 'query')[]) =>
    test.core.scopedToken.issue(context, { carriers });
  const { token } = await narrow(['header']);
  expect((await accept(test, token ?? '')).restrictions.carriers).toBe('h');
  await expect(narrow(['header', 'query'])).rejects.toMatchObject(refusal('scope_too_wide'));
});
