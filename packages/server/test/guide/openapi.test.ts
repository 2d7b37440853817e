import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf } from '../../src/openapi/query-parameters.ts';
import { readQuery } from '../../src/openapi/read-query.ts';
import { routesOf } from '../../src/openapi/routes.ts';
import { router } from '../../src/router.ts';
import { startTestServer } from '../../testing/index.ts';
import { commandFile } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { readGuide, rowsOf } from './program.ts';

const run = promisify(execFile);
const guide = readGuide('docs/guides/openapi.md');

/** Each block of commands with what it prints, if that is said. */
const steps = [...guide.text.matchAll(/```sh\n([^]*?)```(?:\n\n```text\n([^]*?)```)?/g)].map(
  ([, commands = '', printed = '']) => ({ commands, printed }),
);
const marker = '--- next block ---\n';

/** What stands there, with anything for each `…`. */
function pattern(printed: string): RegExp {
  const parts = printed.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^\n]*?')}$`);
}

beforeAll(async () => {
  await run('curl', ['--version']).catch((cause: unknown) => {
    throw new Error('The commands of the guide need curl on PATH: install it.', { cause });
  });
});

describe('the guide to plain HTTP', () => {
  it('has commands that run as they stand there, and print what it says', { timeout: 60_000 }, async () => {
    await using server = await startTestServer();
    await using folder = await temporaryDirectory();
    await mkdir(join(folder.path, '.countersign'));
    await writeFile(join(folder.path, '.countersign', 'service.key'), server.serviceKey);
    const command = `countersign() { '${process.execPath}' --conditions=@countersign/source '${commandFile}' "$@"; }`;
    const script = [command, ...steps.map(({ commands }) => `${commands}printf '%s\\n' '${marker.trim()}'`)];
    const { stdout, stderr } = await run(
      'bash',
      ['-eu', '-c', script.join('\n').replaceAll('http://localhost:4020', server.url)],
      {
        cwd: folder.path,
      },
    );
    const printed = stdout.split(marker);
    expect(printed).toHaveLength(steps.length + 1);
    expect(steps.filter((step) => step.printed !== '').length).toBeGreaterThan(6);
    for (const [at, step] of steps.entries())
      expect(printed[at]?.replace(/\n?$/, '\n')).toMatch(
        step.printed === '' ? /^\n$/ : pattern(step.printed),
      );
    expect(stderr).toBe('Written to openapi.json.\n');
  });

  it('writes in a URL what it says is in the input', () => {
    const rows = rowsOf(guide, 'in the input');
    expect(rows.length).toBeGreaterThan(3);
    const shapes = new Map(routesOf(router).flatMap(({ input }) => [...parametersOf(input)]));
    for (const [[input = ''] = [], [search = ''] = []] of rows)
      expect(readQuery(new URLSearchParams(search), shapes)).toEqual(JSON.parse(`{${input}}`));
  });
});
