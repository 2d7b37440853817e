import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { oas31 } from 'zod-openapi';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runCommand } from './run-command.ts';

const parse = (text: string) => JSON.parse(text) as oas31.OpenAPIObject;

describe('countersign openapi', { timeout: 60_000 }, () => {
  it('prints the document, alone, without a database or a secret; the same each time', async () => {
    await using folder = await temporaryDirectory();
    const here = { cwd: folder.path };
    const printed = await runCommand(['openapi'], here);
    expect(printed).toMatchObject({ code: 0, notes: '' });
    const document = parse(printed.answer);
    expect(document.servers).toEqual([{ url: 'http://localhost:4020' }]);
    expect(Object.keys(document.paths ?? {})).toContain('/api/v1/authorizationRequest/create');
    const file = join(folder.path, 'openapi.json');
    const written = await runCommand(['openapi', '--out', file, '--server', 'https://bank.example/x/'], here);
    expect(written).toEqual({ code: 0, answer: '', notes: `Written to ${file}.\n` });
    const text = await readFile(file, 'utf8');
    expect(parse(text).servers).toEqual([{ url: 'https://bank.example/x' }]);
    expect(text.replace('https://bank.example/x', 'http://localhost:4020')).toBe(printed.answer);
  });

  it('has what the configuration of the folder offers, and where it is reached', async () => {
    await using folder = await temporaryDirectory();
    const config = { procedures: { omit: ['factor'] }, publicUrl: 'https://api.bank.example' };
    await writeFile(
      join(folder.path, 'countersign.config.mjs'),
      `export default ${JSON.stringify(config)};\n`,
    );
    const document = parse((await runCommand(['openapi'], { cwd: folder.path })).answer);
    expect(document.servers).toEqual([{ url: config.publicUrl }]);
    expect(JSON.stringify(Object.keys(document.paths ?? {}))).not.toContain('/factor/');
  });

  it.each([
    [['--server', 'bank.example'], /--server.*an http or https URL/],
    [['--out', '/nowhere/openapi.json'], /The file \/nowhere\/openapi\.json cannot be written \(ENOENT\)\./],
  ])('says in one sentence what it cannot do: %j', async (args, said) => {
    await using folder = await temporaryDirectory();
    const ran = await runCommand(['openapi', ...args], { cwd: folder.path });
    expect(ran).toMatchObject({ code: 1, answer: '' });
    expect(ran.notes).toMatch(said);
    expect(ran.notes).not.toContain('    at ');
  });
});
