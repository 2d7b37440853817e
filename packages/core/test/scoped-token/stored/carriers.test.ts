import { expect, it } from 'vitest';
import { openTestCore } from '../../../testing/index.ts';
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
