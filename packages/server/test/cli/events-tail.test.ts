import { openCore, otp, type Core } from '@countersign/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEnvironment, commandFile, startCommand, type RunningCommand } from '../support/command.ts';
import { expectRefusals, openInstallation, type Installation } from './run-command.ts';

let here: Installation;
let core: Core;
beforeAll(async () => {
  here = await openInstallation();
  const send = () => Promise.resolve();
  const { database, secret } = here;
  core = await openCore({
    database: database.url,
    secret,
    methods: [otp({ send })],
    migrate: false,
    sweep: false,
  });
}, 60_000);
afterAll(async () => {
  await core.close();
  await here[Symbol.asyncDispose]();
});

async function create(subjectId: string, title = 'Transfer'): Promise<string> {
  const { id } = await core.authorizationRequest.create(core.context({ kind: 'service' }), {
    slug: 'transfer',
    subjectId,
    title,
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  });
  return id;
}

const environment = () => ({ DATABASE_URL: here.database.url, COUNTERSIGN_SECRET: here.secret });
const tail = (...args: string[]): RunningCommand =>
  startCommand(['events', 'tail', ...args], { cwd: here.path, env: environment() });

interface Line {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly about: { readonly id: string };
}
const linesOf = (output: string): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

async function stop(command: RunningCommand, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
  command.signal(signal);
  expect(await command.ended).toBe(0);
}

describe('countersign events tail', { timeout: 60_000 }, () => {
  it('prints what happens from now on, a line an event in words with its type and id, and ends clean', async () => {
    await create('before');
    await using command = tail('--subject', 'tailed');
    await command.prints(/Following the log\. Ctrl-C ends it\./);
    await create('somebody else');
    await create('tailed', 'Before');
    await command.prints(
      /● transfer · tailed {7,}\S.*waits.* {2}authorization_request\.created {2}evt_\S+\n.*● transfer · tailed/,
    );
    expect(command.output()).not.toMatch(/before|somebody else/);
    await stop(command);
  });

  it('prints events as JSON lines, from the start or after any of them, only those of the types asked for', async () => {
    const id = await create('json');
    const types = 'authorization_request.created, authorization_request.challenged';
    await using command = tail('--json', '--from', 'start', '--subject', 'json', '--types', types);
    await command.prints(/"type":"authorization_request\.challenged".*\n/);
    const [first, second] = linesOf(command.output());
    expect(first).toMatchObject({ type: 'authorization_request.created', about: { id } });
    expect(first?.occurredAt).toMatch(/Z$/);
    await stop(command, 'SIGTERM');
    await using resumed = tail('--json', '--from', first!.id, '--subject', 'json');
    await resumed.prints(/\n/);
    expect(linesOf(resumed.output())).toEqual([second]);
    await stop(resumed, 'SIGHUP');
  });

  it('shows control characters as such: an event cannot write on the terminal', async () => {
    await using command = tail('--from', 'start', '--subject', 'red \u001b[31m\n● forged');
    await command.prints(/Following/);
    await create('red \u001b[31m\n● forged');
    await command.prints(/transfer · red \ufffd\[31m ● forged/);
    expect(command.output()).not.toContain('\u001b[31m');
    await stop(command);
  });

  it('ends when nobody reads it any more', async () => {
    await create('piped');
    const args = [
      '--conditions=@countersign/source',
      commandFile,
      'events',
      'tail',
      '--json',
      '--from',
      'start',
    ];
    const child = spawn(process.execPath, args, { cwd: here.path, env: commandEnvironment(environment()) });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const more = setInterval(() => void create('piped on').catch(() => undefined), 200);
    const [code] = (await ended) as [number | null];
    clearInterval(more);
    expect(code).toBe(0);
  });

  it('refuses in one sentence what it cannot follow', async () => {
    await expectRefusals(here, [
      [['events', 'tail', '--types', 'everything'], /--types.*some of authorization_request\.created/],
      [['events', 'tail', '--from', 'yesterday'], /--from.*start, now, or the id of an event/],
      [['events', 'tail', '--subject', ''], /--subject.*the id of a subject/],
    ]);
  });
});
