import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  allowsProcedure,
  attenuateScopedToken,
  deriveTokenKey,
  mintScopedToken,
  verifyScopedToken,
  type Block,
  type Claims,
} from '../../src/scoped-token/index.ts';

interface Vector {
  readonly name: string;
  readonly root_hex: string;
  readonly kid: string;
  readonly aud: string;
  readonly derived_key_hex: string;
  readonly authority_json: string;
  readonly block_jsons: readonly string[];
  readonly tokens: readonly string[];
}

const file = new URL('vectors/scoped-token.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

describe.each(vectors)('the vector “$name”', (vector) => {
  const root = Buffer.from(vector.root_hex, 'hex');
  const key = deriveTokenKey({ root, kid: vector.kid, audience: vector.aud });
  const claims = JSON.parse(vector.authority_json) as Claims;
  const blocks = vector.block_jsons.map((json) => JSON.parse(json) as Block);

  it('has its derived key', () => {
    expect(key.export().toString('hex')).toBe(vector.derived_key_hex);
  });

  it('is minted and narrowed to the same text', () => {
    const minted = mintScopedToken({ key, kid: vector.kid, claims });
    const narrowed = blocks.map((_, index) =>
      blocks.slice(0, index + 1).reduce(attenuateScopedToken, minted),
    );
    expect([minted, ...narrowed]).toEqual(vector.tokens);
  });

  it.each(vector.tokens.map((token, index) => [index, token] as const))(
    'is read, narrowed %d times',
    (index, token) => {
      const keys = new Map([[vector.kid, key]]);
      const verdict = verifyScopedToken(token, {
        keys: (kid) => keys.get(kid),
        audience: vector.aud,
        now: claims.iat,
      });
      expect(verdict).toMatchObject({ ok: true, claims, blocks: blocks.slice(0, index) });
    },
  );
});

it('narrows the first vector to one query', () => {
  const [vector] = vectors as [Vector];
  const key = deriveTokenKey({
    root: Buffer.from(vector.root_hex, 'hex'),
    kid: vector.kid,
    audience: vector.aud,
  });
  const verdict = verifyScopedToken(vector.tokens[2]!, {
    keys: () => key,
    audience: vector.aud,
    now: 1_760_000_000,
  });
  const may = (type: 'query' | 'mutation', path: string) =>
    verdict.ok && allowsProcedure(verdict.scope, type, path);
  expect(may('query', 'invoice.read')).toBe(true);
  expect(may('query', 'invoice.list')).toBe(false);
  expect(may('mutation', 'invoice.markPaid')).toBe(false);
});
