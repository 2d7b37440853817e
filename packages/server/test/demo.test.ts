import { createTestDatabase } from '@countersign/core/testing';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserCommand } from '../src/dev/open-browser.ts';
import { demoKey } from '../src/dev/demo-key.ts';
import { startCommand } from './support/command.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const secret = Buffer.alloc(32, 1).toString('base64');
const serviceKey = `csk_${'a'.repeat(40)}`;
const given = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_SERVICE_KEY: serviceKey };

/** A demo with one page, which says what it was given. */
const program = `
export const demo = {
  settings: { issuer: 'Demo Bank', operations: {} },
  async open({ url, tell, note, keyFor, send, cs }) {
    note('opening');
    await send({ to: 'Ada', channel: 'post', text: 'a letter', code: '', request: null, context: null, idempotencyKey: 'one' });
    return {
      summary: ['Demo Bank', '2 people'],
      doors: [{ name: 'Try it', path: '/', what: 'the page' }],
      paths: ['/', '/demo/*'],
      async handler(request) {
        const { pathname } = new URL(request.url);
        if (pathname === '/demo/tell') tell({ about: 'The demo\\u001b[2J', text: 'has said something' });
        if (pathname === '/demo/nothing') return null;
        return new Response('the demo at ' + url + ', key ' + keyFor('a').length);
      },
      words: async ({ type }) =>
        type === 'authorization_request.created' ? { about: 'Somebody', text: 'wants something' } : null,
      close: async () => process.stdout.write('the demo is closed\\n'),
    };
  },
};
`;

interface Got {
  readonly status: number;
  readonly body: string;
}

/** With headers that fetch sets by itself. */
function get(url: string, path: string, headers: Record<string, string>): Promise<Got> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: new URL(url).port, path, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

async function createTransfer(url: string): Promise<void> {
  const answer = await fetch(`${url}/trpc/authorizationRequest.create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      json: {
        slug: 'transfer',
        subjectId: 'ada',
        title: 'Transfer money',
        deliverTo: { channel: 'email', address: 'ada@example.org' },
      },
    }),
  });
  expect(await answer.text()).toContain('"state":"waiting"');
}

describe('countersign dev --demo', () => {
  it(
    'opens the demo beside the server, reports it, and closes it before what it needs',
    { timeout: 60_000 },
    async () => {
      await using folder = await temporaryDirectory();
      await using database = await createTestDatabase();
      await writeFile(join(folder.path, 'demo.mjs'), program);
      await using command = startCommand(
        ['dev', '--demo', 'demo.mjs', '--port', '0', '--db', database.url, '--no-open'],
        { cwd: folder.path, env: given },
      );
      const [, url = ''] = await command.prints(/listening +(http:\/\/localhost:\d+)/);
      await command.prints(new RegExp(`Try it +${url}/ +the page\n +Inbox +${url}/inbox`));
      expect(command.output()).toMatch(/✓ keys[^\n]*\n +opening\n +✓ demo data +Demo Bank · 2 people +\d/);

      expect(await (await fetch(url)).text()).toBe(`the demo at ${url}, key 32`);
      expect((await fetch(`${url}/demo/nothing`)).status).toBe(404);
      expect(await (await fetch(`${url}/inbox`)).text()).toContain('<h1>Inbox</h1>');
      expect(await (await fetch(`${url}/inbox/messages`)).json()).toMatchObject([
        { to: 'Ada', channel: 'post', text: 'a letter', code: '' },
      ]);
      for (const path of ['/', '/demo/tell', '/demo/nothing']) {
        const strangers: Record<string, string>[] = [
          { host: 'evil.example' },
          { host: new URL(url).host, origin: 'https://evil.example' },
        ];
        for (const headers of strangers) expect((await get(url, path, headers)).status).toBe(403);
      }
      expect(command.output()).not.toContain('has said something');

      await fetch(`${url}/demo/tell`);
      await command.prints(/● The demo\ufffd\[2J +has said something/);
      await createTransfer(url);
      await command.prints(/● Somebody +wants something/);
      await command.prints(/● transfer · ada +A proof was asked for/);
      command.signal('SIGTERM');
      expect(await command.ended).toBe(0);
      expect(command.output()).toContain('the demo is closed');
    },
  );

  it('tells machines what is in the demo, and events as they are', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await writeFile(join(folder.path, 'demo.mjs'), program.replace('the demo is closed\\n', ''));
    await using command = startCommand(
      ['dev', '--demo', 'demo.mjs', '--port', '0', '--db', database.url, '--json'],
      { cwd: folder.path, env: given },
    );
    const [, url = ''] = await command.prints(/"url":"(http:\/\/localhost:\d+)"/);
    await fetch(`${url}/demo/tell`);
    await createTransfer(url);
    await command.prints(/authorization_request\.challenged/);
    const lines = command.output().trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told).toContainEqual(
      expect.objectContaining({ msg: 'demo data', summary: ['Demo Bank', '2 people'] }),
    );
    expect(told.filter(({ msg }) => msg === 'event')).toContainEqual(
      expect.objectContaining({ type: 'authorization_request.created', slug: 'transfer', subjectId: 'ada' }),
    );
    expect(command.output()).not.toMatch(/wants something|has said something/);
  });

  it.each([
    ['--demo', 'demo.mjs', '--no-demo'],
    ['--no-demo', '--demo', 'demo.mjs'],
  ])('is overruled by --no-demo, wherever it stands: %s %s %s', { timeout: 60_000 }, async (...options) => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await using command = startCommand(['dev', ...options, '--port', '0', '--db', database.url], {
      cwd: folder.path,
      env: given,
    });
    const [, url = ''] = await command.prints(/listening +(http:\/\/localhost:\d+)/);
    await command.prints(/Inbox/);
    expect(command.output()).not.toMatch(/demo|Try it/);
    expect(await (await fetch(url)).text()).toContain('<h1>Countersign</h1>');
    for (const path of ['/phone', '/split', '/bank/trpc/accounts'])
      expect((await fetch(url + path)).status).toBe(404);
    await createTransfer(url);
    await command.prints(/transfer · ada +A dangerous operation waits for its authorization\./);
  });

  it('says what is wrong with the module, and one way out', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await writeFile(join(folder.path, 'empty.mjs'), 'export const other = 1;');
    await writeFile(join(folder.path, 'broken.mjs'), `throw new Error('it is broken');`);
    const run = async (module: string) => {
      await using command = startCommand(['dev', '--demo', module, '--db', 'db', '--port', '0'], {
        cwd: folder.path,
      });
      expect(await command.ended).toBe(1);
      return command.output();
    };
    const outputs = await Promise.all(['nowhere.ts', 'empty.mjs', 'broken.mjs'].map(run));
    expect(outputs[0]).toMatch(/The demo nowhere\.ts cannot be loaded: Cannot find module/);
    expect(outputs[1]).toContain('empty.mjs is no demo: it exports no "demo" with settings and open().');
    expect(outputs[2]).toContain('The demo broken.mjs cannot be loaded: it is broken.');
    for (const output of outputs) {
      expect(output).toContain('Name another one, or start without: --no-demo.');
      expect(output).not.toMatch(/ {4}at |✓/);
    }
  });

  it('ends with what the demo says when it cannot be opened', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    const failing = `export const demo = { settings: {}, open: async () => { throw new Error('no room'); } };`;
    await writeFile(join(folder.path, 'demo.mjs'), failing);
    await using command = startCommand(['dev', '--demo', 'demo.mjs', '--port', '0', '--db', database.url], {
      cwd: folder.path,
      env: given,
    });
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain('The demo cannot be opened: no room. Start without it: --no-demo.');
    expect(command.output()).not.toMatch(/ {4}at |listening/);
  });

  it('refuses to be production, whatever the demo', async () => {
    await using folder = await temporaryDirectory();
    await writeFile(join(folder.path, 'demo.mjs'), program);
    await using command = startCommand(['dev', '--demo', 'demo.mjs', '--port', '0', '--db', 'db'], {
      cwd: folder.path,
      env: { NODE_ENV: 'production' },
    });
    expect(await command.ended).toBe(1);
    expect(command.output()).toMatch(/NODE_ENV +expected anything but "production"/);
    expect(command.output()).not.toContain('opening');
  });
});

describe('a browser', () => {
  const url = 'http://localhost:4020/';
  const at = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv = {}, isTerminal = true) =>
    browserCommand(url, { platform, environment, isTerminal });

  it('is opened where somebody sits at the terminal of this machine, and nowhere else', () => {
    expect(at('darwin')).toEqual(['open', url]);
    expect(at('win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', url]);
    expect(at('linux', { DISPLAY: ':0' })).toEqual(['xdg-open', url]);
    expect(at('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open', url]);
    expect(at('linux')).toBeNull();
    expect(at('aix', { DISPLAY: ':0' })).toBeNull();
    expect(at('darwin', {}, false)).toBeNull();
    expect(at('darwin', { CI: 'true' })).toBeNull();
    expect(at('darwin', { SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' })).toBeNull();
  });
});

it('gives a demo keys that are for one purpose, and the same the next time', () => {
  const key = demoKey(secret, 'keepsakes');
  expect(key).toHaveLength(32);
  expect(demoKey({ active: secret, previous: [] }, 'keepsakes')).toEqual(key);
  expect(demoKey(secret, 'other')).not.toEqual(key);
  expect(demoKey(Buffer.alloc(32, 2).toString('base64'), 'keepsakes')).not.toEqual(key);
});
