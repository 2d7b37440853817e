import { describe, expect, it } from 'vitest';
import { parseScope, printScope, type Scope } from '../../src/scoped-token/index.ts';

const scope: Scope = {
  rpc: { q: ['invoice.*', 'a'], m: ['invoice.*'], s: ['feed.**'] },
  http: { GET: ['/api/v1/foo/**', '/a:b,c'], HEAD: ['/api/v1/foo/**'] },
};
const lines = [
  'rpc:qm:invoice.*',
  'rpc:q:a',
  'rpc:s:feed.**',
  'http:GET,HEAD:/api/v1/foo/**',
  'http:GET:/a:b,c',
];

describe('the text form of a scope', () => {
  it('is printed, what opens the same in one line', () => {
    expect(printScope(scope)).toEqual(lines);
    expect(printScope({})).toEqual([]);
    expect(printScope({ rpc: { q: ['a', 'a'], m: [] } })).toEqual(['rpc:q:a']);
  });

  it('is read back', () => {
    expect(parseScope(lines)).toEqual(scope);
    expect(parseScope([])).toEqual({});
    expect(parseScope(['rpc:mq:a', 'http:POST,GET:/'])).toEqual({
      rpc: { m: ['a'], q: ['a'] },
      http: { POST: ['/'], GET: ['/'] },
    });
  });

  it.each([
    '',
    'rpc',
    'rpc:q',
    'rpc:q:',
    'rpc::a',
    'rpc:x:a',
    'rpc:qq:a',
    'rpc:q:inv*',
    'rpc:q:**.a',
    'rpc:q:/a',
    ' rpc:q:a',
    'rpc:q:a\n',
    'RPC:q:a',
    'grpc:q:a',
    'http:GET',
    'http:get:/a',
    'http:GET,:/a',
    'http:GET,GET:/a',
    'http:GET, HEAD:/a',
    'http:GET:a',
    'http:GET:/a//b',
    'http:GET:/a/../b',
    'http:GET:/a/**/b',
    'http:__proto__:/a',
    'http:constructor:/a',
  ])('is refused where it is none, with the place: “%s”', (line) => {
    expect(() => parseScope(['rpc:q:a', line])).toThrow(
      expect.objectContaining({
        reason: 'invalid_input',
        details: { issues: [expect.objectContaining({ path: [1] })] },
      }),
    );
  });

  it('has room for 64 grants', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `rpc:q:p${index}`);
    expect(parseScope(many(64)).rpc?.q).toHaveLength(64);
    expect(() => parseScope(many(65))).toThrow(expect.objectContaining({ reason: 'invalid_input' }));
  });
});
