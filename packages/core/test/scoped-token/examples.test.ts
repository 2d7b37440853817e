import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as door from '../../src/scoped-token/index.ts';

const folder = new URL('../../src/scoped-token/', import.meta.url);

/** What the examples take as given. */
const given = `
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ${Object.keys(door).join(', ')}, type Claims, type Scope } from '${new URL('index.ts', folder).href}';
const claims: Claims = {
  jti: 'AQIDBAUGBwgJCgsMDQ4PEA', sub: 'ada', aud: 'bank.example', iat: 1760000000, exp: 1760003600,
  scp: { rpc: { q: ['invoice.*'] }, http: { GET: ['/api/v1/foo/**'] } },
};
const key = deriveTokenKey({ root: randomBytes(32), kid: '2026a', audience: 'bank.example' });
const keys = new Map([['2026a', key]]);
const [now, secretKey] = [1760000060, 'a secret key'];
const token = mintScopedToken({ key, kid: '2026a', claims });
const djangoToken = writeDjangoToken(
  { user: 7, max_age: 360, endpoints: { GET: ['/api/v1/foo'] } },
  { secret: secretKey, salt: 'my.app.salt' },
);
`;

/** Those of the pure half: what needs an open core is shown by its own tests. */
const examples = globSync('{cst1,django,scope}/**/*.ts', { cwd: fileURLToPath(folder) })
  .sort()
  .flatMap((path) => {
    const text = readFileSync(new URL(path, folder), 'utf8');
    return [...text.matchAll(/@example\n \* ```ts\n(.*?)\n \* ```/gs)].map(([, lines = '']) => ({
      path,
      code: lines.replace(/^ \* ?/gm, ''),
    }));
  });

/** A value in a comment, beside an expression or a constant, or below it, is what it must be equal to. */
function asserted(code: string): string {
  const value = String.raw`(true|false|null|-?\d+|'[^']*'|[[{].*)$`;
  return code
    .replace(/\n\/\/ (?=[[{])/g, ' // ')
    .replace(new RegExp(`^(const (\\w+) = .*;) // ${value}`, 'gm'), '$1 assert.deepEqual($2, $3);')
    .replace(new RegExp(`^([a-z][^;]*); // ${value}`, 'gm'), 'assert.deepEqual($1, $2);');
}

describe('the examples in the comments', () => {
  it('are there for every function of the door', () => {
    const all = examples.map(({ code }) => code).join('\n');
    const functions = Object.entries(door).filter(([, value]) => typeof value === 'function');
    expect(functions.map(([name]) => name).filter((name) => !all.includes(`${name}(`))).toEqual([]);
  });

  it('run, and what they say is true', () => {
    const blocks = examples.map(({ path, code }) => `{\n${asserted(code)}\n}\nconsole.log('${path}');`);
    expect(blocks.join('\n').split('assert.deepEqual').length).toBeGreaterThan(20);
    const directory = mkdtempSync(join(tmpdir(), 'countersign-examples-'));
    try {
      const program = join(directory, 'examples.ts');
      writeFileSync(program, [given, ...blocks].join('\n'));
      const args = ['--conditions=@countersign/source', program];
      const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
      expect(output.trim().split('\n')).toEqual(examples.map(({ path }) => path));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
