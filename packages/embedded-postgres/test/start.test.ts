import { chown, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../src/index.ts';
import { installPackage } from './support/install-package.ts';
import { ends, isRoot, userOf } from './support/process-state.ts';
import { query } from './support/query.ts';
import { makeScratch, makeSharedDirectory } from './support/scratch.ts';
import { startOwner, started } from './support/start-owner.ts';

const nobody = { uid: 65_534, gid: 65_534 };

const shared = await makeSharedDirectory();

describe('the database', () => {
  it('is a PostgreSQL 18.4 with fsync on, UTF-8, and no TCP port', async () => {
    await using scratch = await makeScratch();
    await using postgres = await startEmbeddedPostgres({ directory: join(scratch.path, 'db') });

    const names = [
      'server_version',
      'fsync',
      'listen_addresses',
      'server_encoding',
      'unix_socket_permissions',
    ];
    const [row] = await query(
      postgres.url(),
      `select ${names.map((name) => `current_setting('${name}') ${name}`).join()}`,
    );

    expect(row).toMatchObject({
      fsync: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
      unix_socket_permissions: '0700',
    });
    expect(row?.['server_version']).toBe(postgres.version);
    expect(postgres).toMatchObject({ startedFresh: true, adopted: false });
  });

  it('keeps its data between starts', async () => {
    await using scratch = await makeScratch();
    const directory = join(scratch.path, 'db');
    const first = await startEmbeddedPostgres({ directory });
    await query(first.url(), 'create database kept');
    await query(first.url('kept'), 'create table note as select 42 as answer');
    await first.stop();

    await using second = await startEmbeddedPostgres({ directory });

    expect(second.startedFresh).toBe(false);
    expect(await query(second.url('kept'), 'select answer from note')).toEqual([{ answer: 42 }]);
  });

  it('takes settings, and is not led astray by the variables that PostgreSQL reads', async () => {
    const options = { directory: shared, settings: { max_connections: '17' } };
    await using owner = await startOwner(options, {
      env: { PGPORT: '1', PGDATA: '/nowhere', LC_ALL: 'xx_XX', PATH: '' },
    });

    expect(await query(started(owner).url, 'show max_connections')).toEqual([{ max_connections: '17' }]);
    await owner.stop();
  });

  it('says what went wrong, in PostgreSQL’s own words', async () => {
    const wrong = startEmbeddedPostgres({ directory: shared, settings: { max_connections: 'many' } });
    await expect(wrong).rejects.toMatchObject({ code: 'start_failed' });
    await expect(wrong).rejects.toThrow('invalid value for parameter "max_connections": "many"');

    await using right = await startEmbeddedPostgres({ directory: shared }); // the directory is free again
    expect(right.startedFresh).toBe(false);
  });
});

describe('the place', () => {
  it('may have a path too long for a socket', async () => {
    await using scratch = await makeScratch();
    const directory = join(
      scratch.path,
      ...Array.from({ length: 8 }, () => 'a-rather-long-name'),
      'db with "quotes", ünïcode',
    );
    const postgres = await startEmbeddedPostgres({ directory });
    const socketDirectory = postgres.connection.host;

    expect(await query(postgres.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(socketDirectory).not.toContain('a-rather-long-name');
    await postgres.stop();
    await expect(readdir(socketDirectory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is refused where no directory can be', async () => {
    await using scratch = await makeScratch();
    const file = join(scratch.path, 'file');
    await writeFile(file, '');
    for (const directory of [file, join(file, 'db'), '/proc/db', '/proc/deep/db'])
      await expect(startEmbeddedPostgres({ directory }), directory).rejects.toMatchObject({
        code: 'unreachable_directory',
        message: expect.stringContaining(directory) as string,
      });
  });

  it.runIf(isRoot)(
    'may be closed to all but root: then the data is kept elsewhere, for this directory alone',
    async () => {
      await using scratch = await makeScratch();
      const closed = join(scratch.path, 'closed');
      const directory = join(closed, 'db');
      await mkdir(closed, { mode: 0o700 });
      const lines: string[] = [];
      const first = await startEmbeddedPostgres({ directory, onLog: (line) => lines.push(line) });
      await query(first.url(), 'create table note as select 42 as answer');
      await first.stop();
      const elsewhere = (await readFile(join(directory, 'moved-to'), 'utf8')).trim();
      expect(lines).toEqual([expect.stringContaining(elsewhere)]);

      const copy = join(closed, 'copy');
      await mkdir(copy);
      await writeFile(join(copy, 'moved-to'), elsewhere);
      await using other = await startEmbeddedPostgres({ directory: copy });
      expect(other.startedFresh).toBe(true);
      await using second = await startEmbeddedPostgres({ directory });
      expect(await query(second.url(), 'select answer from note')).toEqual([{ answer: 42 }]);

      const copyElsewhere = (await readFile(join(copy, 'moved-to'), 'utf8')).trim();
      await Promise.all([second.stop(), other.stop()]);
      for (const folder of [elsewhere, copyElsewhere]) await rm(folder, { recursive: true });
    },
  );
});

describe('the user', () => {
  it.runIf(isRoot)('is not root, even when root starts it', async () => {
    await using postgres = await startEmbeddedPostgres({ directory: shared });
    expect(userOf(postgres.pid)).not.toBe(0);
  });

  it.each(['on', 'off'] as const)(
    'is the one who starts it, with install scripts %s',
    async (installScripts) => {
      await using scratch = await makeScratch();
      const module = await installPackage(join(scratch.path, 'installed'), installScripts);
      const home = join(scratch.path, 'home');
      await mkdir(home);
      if (isRoot) await chown(home, nobody.uid, nobody.gid);

      const options = { directory: join(home, 'db'), cacheDirectory: join(home, 'cache') };
      await using owner = await startOwner(options, { module, ...(isRoot && { runAs: nobody }) });

      expect(userOf(started(owner).pid)).toBe(isRoot ? nobody.uid : process.getuid?.());
      await owner.stop();
    },
  );

  it.runIf(isRoot)('is told when the directory is somebody else’s', async () => {
    await using scratch = await makeScratch();
    await using owner = await startOwner({ directory: join(scratch.path, 'db') }, { runAs: nobody });
    expect(owner.report).toMatchObject({ ok: false, code: 'unreachable_directory' });
  });
});

describe('the end', () => {
  it('leaves no process, and may come twice', async () => {
    const postgres = await startEmbeddedPostgres({ directory: shared });
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();
    expect(await ends(postgres.pid)).toBe(true);
    expect(await readdir(postgres.directory)).not.toContain('owner.json');
  });

  it('comes with the end of a process that did not call stop', async () => {
    await using owner = await startOwner({ directory: shared });
    await owner.end();
    expect(await ends(started(owner).pid)).toBe(true);
  });
});
