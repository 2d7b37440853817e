import { openCore } from '@countersign/core';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openInstallation, runCommand } from './run-command.ts';

interface Keys {
  readonly keys: readonly { readonly kid: string; readonly state: string }[];
}

describe('countersign keys', { timeout: 60_000 }, () => {
  it('lists the keys, rotates them when every server can know the next one, and not before', async () => {
    await using here = await openInstallation();
    expect(await here.run('keys')).toEqual({
      code: 0,
      answer: '',
      notes: 'There are none yet: the first token makes them.\n',
    });
    await here.run('token', 'issue', '--subject', 'ada', '--preset', 'subject');
    const { keys } = JSON.parse((await here.run('keys', '--json')).answer) as Keys;
    expect(keys.map(({ state }) => state).toSorted()).toEqual(['active', 'next']);
    // However slow this machine is: the next key was made this very moment.
    const makeNextYoung = () =>
      here.database.sql.query("UPDATE countersign.token_key SET created_at = now() WHERE state = 'next'");
    await makeNextYoung();
    const early = await here.run('keys', 'rotate');
    expect(early).toMatchObject({ code: 1, answer: '' });
    expect(early.notes).toMatch(/Nothing was changed: .* Rotate after \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\./);
    await makeNextYoung();
    expect(await here.run('keys', 'rotate', '--json')).toMatchObject({
      code: 1,
      answer: expect.stringMatching(/^\{"rotated":false,"retryAt":"[^"]+"\}\n$/) as string,
    });
    await here.database.sql.query(
      "UPDATE countersign.token_key SET created_at = created_at - interval '1 minute'",
    );
    const next = keys.find(({ state }) => state === 'next')?.kid ?? '';
    const rotated = await here.run('keys', 'rotate');
    expect(rotated).toMatchObject({
      code: 0,
      answer: expect.stringContaining(`The key ${next} mints from now on.`) as string,
    });
    const listed = await here.run('keys', 'list');
    expect(listed.answer).toMatch(/^ {2}kid +state +created +mints since +gone at\n/);
    expect(listed.answer).toMatch(new RegExp(` ${next} +active +\\S+ \\S+ UTC +\\S+ \\S+ UTC\\n`));
    expect(listed.answer.match(/ (?:next|active|retiring) /g)).toHaveLength(3);
  });

  it('revokes a key with every token it has minted, on a running server within a second', async () => {
    await using here = await openInstallation();
    const { database, secret } = here;
    const token = (await here.run('token', 'issue', '--subject', 'ada', '--preset', 'subject')).answer.trim();
    const core = await openCore({
      database: database.url,
      secret,
      methods: [],
      migrate: false,
      sweep: false,
    });
    const verify = () => core.scopedToken.verifier.verify(token, { carrier: 'h' });
    expect(await verify()).toMatchObject({ ok: true });
    const kid = token.split('.')[1] ?? '';
    const ran = await here.run('keys', 'revoke', kid);
    expect(ran).toMatchObject({
      code: 0,
      answer: expect.stringContaining(`The key ${kid} is revoked`) as string,
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await verify()).toMatchObject({ ok: false });
    await core.close();
    const again = await here.run('keys', 'revoke', kid);
    expect(again).toMatchObject({
      code: 1,
      answer: '',
      notes: expect.stringContaining('no such key') as string,
    });
  });

  it('names every setting that is missing, and ends with an older schema, without changing it', async () => {
    await using folder = await temporaryDirectory();
    const bare = await runCommand(['keys'], { cwd: folder.path });
    expect(bare).toMatchObject({ code: 1, answer: '' });
    for (const name of ['DATABASE_URL', 'COUNTERSIGN_SECRET']) expect(bare.notes).toContain(name);
    await using here = await openInstallation();
    await here.database.sql.query("DELETE FROM countersign.migration WHERE name = '0004-service-keys'");
    await here.database.sql.query('DROP TABLE countersign.service_key');
    for (const command of [
      ['keys'],
      ['service-key'],
      ['token', 'issue', '--subject', 'ada', '--preset', 'subject'],
    ]) {
      const ran = await here.run(...command);
      expect(ran).toMatchObject({ code: 1, answer: '' });
      expect(ran.notes).toContain('the schema is older than this program; run `countersign migrate`.');
    }
    const { rows } = await here.database.sql.query("SELECT to_regclass('countersign.service_key') AS found");
    expect(rows).toEqual([{ found: null }]);
  });

  it('says in one sentence that the database is away, without its password', async () => {
    await using here = await openInstallation();
    const env = { DATABASE_URL: 'postgresql://ada:hunter22@127.0.0.1:1/bank' };
    const ran = await here.runWith({ env }, 'keys');
    expect(ran).toMatchObject({ code: 1, answer: '' });
    expect(ran.notes).toContain('The database cannot be used (ECONNREFUSED)');
    expect(ran.notes).not.toMatch(/hunter22|    at /);
  });

  it('means the development server of its folder when no other database is named, and says so', async () => {
    await using folder = await temporaryDirectory();
    const here = { cwd: folder.path };
    await using server = startCommand(['dev', '--port', '0', '--db', 'db'], here);
    await server.prints(/listening +http:\/\/localhost:(\d+)/);
    const file = join(folder.path, '.countersign', 'database.url');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const issued = await runCommand(['token', 'issue', '--subject', 'ada', '--preset', 'subject'], here);
    expect(issued).toMatchObject({ code: 0, answer: expect.stringMatching(/^cst1\./) as string });
    expect(issued.notes).toContain('The development server of this folder is meant');
    const listed = await runCommand(['keys', '--json'], here);
    expect((JSON.parse(listed.answer) as Keys).keys).toHaveLength(2);
    const production = await runCommand(['keys'], { ...here, env: { NODE_ENV: 'production' } });
    expect(production).toMatchObject({ code: 1, notes: expect.stringContaining('DATABASE_URL') as string });
    const address = await readFile(file, 'utf8');
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    await expect(stat(file)).rejects.toThrow('ENOENT');
    expect(address).toMatch(/^postgresql:\/\/postgres@%2F/);
  });

  it('says that the development server does not run when what is left of one names a database that is gone', async () => {
    await using folder = await temporaryDirectory();
    await mkdir(join(folder.path, '.countersign'));
    const url = `postgresql://postgres@${encodeURIComponent(folder.path)}:5432/postgres\n`;
    await writeFile(join(folder.path, '.countersign', 'database.url'), url);
    await writeFile(join(folder.path, '.countersign', 'dev.key'), Buffer.alloc(32, 1).toString('base64'));
    const ran = await runCommand(['keys'], { cwd: folder.path });
    expect(ran).toMatchObject({ code: 1, answer: '' });
    expect(ran.notes).toContain('The development server of this folder does not run.');
    expect(ran.notes).not.toContain('    at ');
  });
});

it('the help names every command', { timeout: 60_000 }, async () => {
  await using folder = await temporaryDirectory();
  const help = await runCommand(['--help'], { cwd: folder.path });
  expect(help.code).toBe(0);
  for (const command of ['dev', 'serve', 'migrate', 'keys', 'service-key', 'token'])
    expect(help.answer).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  const tokens = await runCommand(['token', '--help'], { cwd: folder.path });
  for (const command of ['issue', 'inspect', 'revoke'])
    expect(tokens.answer).toContain(`  ${command} [options]`);
});
