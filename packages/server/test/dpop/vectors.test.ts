import { createTestClock } from '@countersign/core/testing';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDpopVerifier } from '../../src/dpop/verifier.ts';
import { createJudge, handMade, rightClaims } from './hand-made.ts';

/** RFC 9449, figures 1, 2 and 12: the same key. */
const header =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rs' +
  'cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2' +
  'In19';
const figure12 = {
  proof:
    `${header}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9w` +
    'cm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtz' +
    'bVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA',
  method: 'GET',
  url: 'https://resource.example.org/protectedresource',
  token: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
  holder: 'ada',
};
const figure2 = {
  proof:
    `${header}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rv` +
    'a2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfb' +
    'V37xRZT3Lg',
  method: 'POST',
  url: 'https://server.example.com/token',
  token: 'none yet',
  holder: 'ada',
};
const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'; // its figure 8

function verifierAt(seconds: number) {
  return createDpopVerifier({ clock: createTestClock(new Date(seconds * 1000)) });
}

describe('RFC 9449', () => {
  it('its proof for a resource is accepted at its time, and names its key as the RFC does', async () => {
    expect(await verifierAt(1_562_262_618).verify(figure12)).toEqual({ ok: true, thumbprint });
    expect(await verifierAt(1_562_262_618).verify({ ...figure12, clientKeys: [thumbprint] })).toEqual({
      ok: true,
      thumbprint,
    });
  });

  it('and a minute later it is not', async () => {
    expect(await verifierAt(1_562_262_679).verify(figure12)).toEqual({ ok: false, reason: 'not_current' });
  });

  it('its proof for the token endpoint names no token, and is therefore none for us', async () => {
    expect(await verifierAt(1_562_262_616).verify(figure2)).toEqual({ ok: false, reason: 'bad_claims' });
  });
});

it('the Ed25519 key of RFC 8037 signs under both names of its algorithm, with the thumbprint of its A.3', async () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
  const privateKey = createPrivateKey({ format: 'jwk', key: { ...jwk, d } });
  const { judge } = createJudge();
  for (const alg of ['EdDSA', 'Ed25519'])
    expect(
      await judge(handMade({ key: { alg, jwk, privateKey } }), {
        clientKeys: ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
      }),
    ).toBe('ok');
});

it('what another implementation signs is accepted, with the thumbprint that it gives the key', async () => {
  const { clock, judge } = createJudge();
  for (const alg of ['ES256', 'Ed25519'] as const) {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const jwk = await exportJWK(publicKey);
    const { htm, htu, ath } = rightClaims();
    const proof = await new SignJWT({ htm, htu, ath })
      .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk })
      .setJti(alg)
      .setIssuedAt(clock.now())
      .sign(privateKey);
    expect(await judge(proof, { clientKeys: [await calculateJwkThumbprint(jwk)] })).toBe('ok');
  }
});

it('the RSA key of RFC 7638 is no key for a proof', async () => {
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3' +
    'oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA' +
    'ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-' +
    'kEgU8awapJzKnqDKgw';
  const { judge } = createJudge();
  const jwk = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' };
  expect(await judge(handMade({ header: { jwk } }))).toBe('wrong_key');
  expect(await judge(handMade({ header: { jwk, alg: 'RS256' } }))).toBe('wrong_algorithm');
});
