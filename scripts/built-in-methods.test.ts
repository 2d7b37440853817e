import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtInContracts } from '../packages/core/test/method/built-in-contracts.ts';
import * as core from '../packages/core/src/index.ts';
import * as server from '../packages/server/src/index.ts';
import { devMethods } from '../packages/server/src/dev/methods.ts';
import { exportedNames, methodsFile } from './generate-methods.ts';
import { knownMethods } from './known-methods.ts';
import { run } from './run.ts';

const folder = 'packages/core/src/method/methods';
const names = exportedNames(`${folder}/index.ts`).filter((name) => !name.startsWith('type '));
const send = () => Promise.resolve();
const keysOf = (methods: readonly { readonly key: string }[]): string[] =>
  methods.map(({ key }) => key).toSorted();

it('every method that has a file has its line, and is what the line says: exported, offered, known and judged', () => {
  const makers = readdirSync(folder)
    .filter(
      (file) => file.endsWith('.ts') && readFileSync(join(folder, file), 'utf8').includes('defineMethod('),
    )
    .map((file) => file.replace('.ts', ''));
  const listed = [...readFileSync(`${folder}/index.ts`, 'utf8').matchAll(/from '\.\/(.+)\.ts'/g)].map(
    ([, file]) => file,
  );
  expect(makers).toEqual(listed);
  expect(names.filter((name) => !(name in core) || !(name in server))).toEqual([]);
  const keys = keysOf(devMethods({ send, origins: ['http://localhost'] }));
  expect(keys).toHaveLength(names.length);
  expect(keysOf(knownMethods)).toEqual(keys.filter((key) => key !== 'dummy'));
  expect(builtInContracts.map(([key]) => key).toSorted()).toEqual(keys);
});

/** What somebody writes who adds a method: its file. */
const methodFile = (name: string, issued: string): string => `
import { z } from 'zod';
import type { Send } from '../../ports.ts';
import { defineMethod, type Method } from '../define.ts';

export function ${name}({ send }: { readonly send: Send }): Method {
  return defineMethod({
    key: '${name}',
    title: 'By ${name}',
    binding: 'none',
    send,
    proof: z.strictObject({ code: z.string().regex(/^[0-9]{6}$/) }),
    reach: ({ deliverTo }) => deliverTo && { recipient: deliverTo },
    issue({ request, randomness }) {
      const secret = String(randomness.integer(1e6)).padStart(6, '0');
      return { secret, message: \`\${secret}: \${request.title}\`${issued} };
    },
    verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
  });
}
`;

/** The same packages in another place, as far as they are sources, with what is installed here. */
function copyPackages(): string {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-'));
  const root = process.cwd();
  const copied = [
    'core/package.json',
    'core/src',
    'core/testing',
    'core/test/method',
    'server/package.json',
    'server/src',
  ];
  for (const path of copied) cpSync(`packages/${path}`, join(copy, 'packages', path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(root, 'packages/core/node_modules'), join(copy, 'packages/core/node_modules'));
  const own = 'packages/server/node_modules';
  mkdirSync(join(copy, own, '@countersign'), { recursive: true });
  const installed = readdirSync(own).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(own, name)).map((inner) => join(name, inner)) : [name],
  );
  for (const name of installed.filter((one) => !one.startsWith('.'))) {
    mkdirSync(join(copy, own, name, '..'), { recursive: true });
    const ours = name === '@countersign/core' ? join(copy, 'packages/core') : join(root, own, name);
    symlinkSync(ours, join(copy, own, name));
  }
  return copy;
}

/** What became of two planted methods: one is right, one shows its secret. */
interface Report {
  readonly exported: Readonly<Record<'core' | 'server', readonly string[]>>;
  readonly offered: readonly string[];
  readonly pager: Judged;
  readonly megaphone: Judged;
}

interface Judged {
  /** How many promises were looked at. */
  readonly judged: number;
  readonly broken: readonly string[];
}

/** Told by a process of its own, since the one that runs this test has read the real list already. */
const report = (copy: string): string => `
import * as core from '${copy}/packages/core/src/index.ts';
import { checksOf } from '${copy}/packages/core/testing/index.ts';
import { builtInContracts } from '${copy}/packages/core/test/method/built-in-contracts.ts';
import { devMethods } from '${copy}/packages/server/src/dev/methods.ts';
import * as server from '${copy}/packages/server/src/index.ts';

async function judge(key: string) {
  const makeContract = builtInContracts.find(([one]) => one === key)![1];
  const checks = checksOf(makeContract());
  const broken: string[] = [];
  for (const { promise, check } of checks)
    await Promise.resolve().then(() => check(makeContract())).catch(() => broken.push(promise));
  return { judged: checks.length, broken };
}
const offered = devMethods({ send: () => Promise.resolve(), origins: ['http://localhost'] });
const exportedBy = (module: object) => ['megaphone', 'pager'].filter((name) => name in module);
console.log(JSON.stringify({
  exported: { core: exportedBy(core), server: exportedBy(server) },
  offered: offered.map(({ key }) => key),
  pager: await judge('pager'),
  megaphone: await judge('megaphone'),
}));
`;

it(
  'a new method is a file and a line: it is exported, offered by countersign dev, and judged',
  { timeout: 60_000 },
  async () => {
    const copy = copyPackages();
    try {
      const added = join(copy, folder);
      writeFileSync(join(added, 'pager.ts'), methodFile('pager', ''));
      writeFileSync(join(added, 'megaphone.ts'), methodFile('megaphone', ', options: { hint: secret }'));
      const line = (name: string): string => `export { ${name} } from './${name}.ts';\n`;
      writeFileSync(join(added, 'index.ts'), line('pager') + line('megaphone'), { flag: 'a' });
      // What `npm run generate` does.
      writeFileSync(
        join(copy, 'packages/server/src/generated/index.ts'),
        await methodsFile(join(added, 'index.ts')),
      );
      const flags = ['--conditions=@countersign/source', '--input-type=module-typescript', '--no-warnings'];
      const { ok, output } = await run(process.execPath, [...flags, '-e', report(copy)]);
      expect(ok, output).toBe(true);
      const found = JSON.parse(output) as Report;
      const planted = ['megaphone', 'pager'];
      expect(found.exported).toEqual({ core: planted, server: planted });
      expect(found.offered.filter((key) => planted.includes(key))).toEqual(planted);
      expect(found.pager.judged).toBeGreaterThan(10);
      expect(found.pager.broken).toEqual([]);
      expect(found.megaphone.broken).toEqual(['keeps its secret out of what is stored and shown']);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  },
);
