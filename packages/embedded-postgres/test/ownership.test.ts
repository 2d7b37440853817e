import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../src/index.ts';
import { ends } from './support/process-state.ts';
import { query } from './support/query.ts';
import { makeSharedDirectory } from './support/scratch.ts';
import { startOwner, started } from './support/start-owner.ts';

const directory = await makeSharedDirectory();

describe('two owners', () => {
  it('are refused: the second is told the process of the first', async () => {
    await using first = await startOwner({ directory });
    const second = startEmbeddedPostgres({ directory });
    await expect(second).rejects.toMatchObject({ name: 'EmbeddedPostgresError', code: 'already_open' });
    await expect(second).rejects.toThrow(`already open in process ${first.processId}`);
    expect(await query(started(first).url, 'select 1 as one')).toEqual([{ one: 1 }]); // undisturbed
    await first.stop();
  });

  it('are refused within one process, too', async () => {
    await using _first = await startEmbeddedPostgres({ directory });
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(
      `already open in process ${process.pid}`,
    );
  });

  it('do not come out of a race for what a killed process left', async () => {
    await (await startOwner({ directory })).kill();

    const contenders = await Promise.all(Array.from({ length: 6 }, () => startOwner({ directory })));

    const winners = contenders.filter((contender) => contender.report.ok);
    const refused = contenders
      .filter((contender) => !contender.report.ok)
      .map((contender) => contender.report);
    expect(winners).toHaveLength(1);
    for (const report of refused) expect(report).toMatchObject({ code: 'already_open' });
    await winners[0]?.stop();
  });

  it('are not seen in a process id that was given to another program since', async () => {
    await mkdir(directory, { recursive: true });
    const recycled = { pid: process.ppid, startedAt: 'long ago', nonce: 'some-nonce' };
    await writeFile(join(directory, 'owner.json'), JSON.stringify(recycled));
    await using postgres = await startEmbeddedPostgres({ directory });
    expect(await query(postgres.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('are not seen in a lock file that a power cut left empty', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'owner.json'), '');
    await using postgres = await startEmbeddedPostgres({ directory });
    expect(await query(postgres.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('after kill -9', () => {
  it('the next start adopts the PostgreSQL that was left running', async () => {
    await using killed = await startOwner({ directory });
    await query(started(killed).url, 'create table if not exists note as select 42 as answer');
    await killed.kill();

    const lines: string[] = [];
    const next = await startEmbeddedPostgres({ directory, onLog: (line) => lines.push(line) });

    expect(next).toMatchObject({ adopted: true, pid: started(killed).pid });
    expect(lines).toEqual([expect.stringContaining('adopted')]);
    expect(await query(next.url(), 'select answer from note')).toEqual([{ answer: 42 }]);
    await next.stop();
    expect(await ends(next.pid)).toBe(true);
  });

  it('the next start waits for one that is shutting down', async () => {
    await using killed = await startOwner({ directory });
    process.kill(started(killed).pid, 'SIGINT');
    await killed.kill();
    await using next = await startEmbeddedPostgres({ directory });
    expect(next.adopted).toBe(false);
    expect(await query(next.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('the next start does not adopt one that has been told to stop and has not yet noticed', async () => {
    await using killed = await startOwner({ directory });
    const { pid } = started(killed);
    process.kill(pid, 'SIGSTOP'); // It takes connections all the same: the kernel does.
    process.kill(pid, 'SIGINT');
    await killed.kill();
    setTimeout(() => process.kill(pid, 'SIGCONT'), 500);
    await using next = await startEmbeddedPostgres({ directory });
    expect(next.adopted).toBe(false);
    expect(await query(next.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('the next start replaces one that runs with other settings', async () => {
    await (await startOwner({ directory, settings: { max_connections: '11' } })).kill();
    await using next = await startEmbeddedPostgres({ directory, settings: { max_connections: '12' } });
    expect(next.adopted).toBe(false);
    expect(await query(next.url(), 'show max_connections')).toEqual([{ max_connections: '12' }]);
  });

  it('of PostgreSQL as well, the next start recovers what was committed', async () => {
    await using killed = await startOwner({ directory });
    await query(started(killed).url, 'create table if not exists note as select 42 as answer');
    await killed.kill();
    process.kill(started(killed).pid, 'SIGKILL');
    await using next = await startEmbeddedPostgres({ directory });
    expect(next.adopted).toBe(false);
    expect(await query(next.url(), 'select answer from note')).toEqual([{ answer: 42 }]);
  });

  it('a process id that some other program has now is not taken for PostgreSQL', async () => {
    const first = await startEmbeddedPostgres({ directory });
    await first.stop();
    const file = [
      process.ppid,
      join(directory, 'data'),
      1,
      5432,
      join(directory, 'data'),
      '',
      '  1 1',
      'ready   ',
      '',
    ];
    await writeFile(join(directory, 'data', 'postmaster.pid'), file.join('\n'));
    await using next = await startEmbeddedPostgres({ directory });
    expect(next.adopted).toBe(false);
    expect(next.pid).not.toBe(process.ppid);
  });
});
