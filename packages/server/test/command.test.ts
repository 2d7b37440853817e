import { createTestDatabase } from '@countersign/core/testing';
import { createServer, connect, type AddressInfo } from 'node:net';
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, startCommand } from './support/command.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const secret = Buffer.alloc(32, 1).toString('base64');
const serviceKey = `csk_${'a'.repeat(40)}`;
const given = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_SERVICE_KEY: serviceKey };
const listening = /http:\/\/[\w.[\]:]+:(\d+)/;

async function portOf(printed: Promise<RegExpExecArray>): Promise<number> {
  return Number((await printed)[1]);
}

async function createTransfer(port: number, key: string): Promise<Response> {
  const input = {
    slug: 'transfer',
    subjectId: 'ada',
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  };
  return await fetch(`http://localhost:${port}/trpc/authorizationRequest.create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ json: input }),
  });
}

/** A call whose body never ends. */
async function beginCall(port: number): Promise<void> {
  const lines = [
    'POST /trpc/authorizationRequest.create HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${serviceKey}`,
    'Content-Type: application/json',
    'Content-Length: 10',
  ];
  const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n{`));
  socket.on('error', () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
}

describe('countersign dev', () => {
  it(
    'starts with nothing set up, tells each event in words, and leaves no process behind',
    { timeout: 60_000 },
    async () => {
      await using folder = await temporaryDirectory();
      await using command = startCommand(['dev', '--port', '0', '--db', 'db'], { cwd: folder.path });
      const port = await portOf(command.prints(/listening +http:\/\/localhost:(\d+)/));
      expect(command.output()).toMatch(/✓ database +embedded PostgreSQL/);
      expect(command.output()).toMatch(/✓ keys +development key created +\.countersign\/dev\.key/);
      await command.prints(new RegExp(`Inbox +http://localhost:${port}/inbox`));
      await command.prints(/Service key +\.countersign\/service\.key/);

      const files = ['dev.key', 'service.key'].map((name) => join(folder.path, '.countersign', name));
      for (const file of files) {
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        expect(command.output()).not.toContain((await readFile(file, 'utf8')).trim());
      }
      const key = (await readFile(files[1]!, 'utf8')).trim();
      const created = await createTransfer(port, key);
      expect(created.status).toBe(200);
      const headers = { authorization: `Bearer ${key}` };
      const offered = await (await fetch(`http://localhost:${port}/trpc/method.list`, { headers })).text();
      for (const method of ['otp', 'totp', 'passkey', 'device', 'recovery-code', 'dummy'])
        expect(offered).toContain(`"key":"${method}"`);
      await command.prints(/transfer · ada +A dangerous operation waits for its authorization\./);
      await command.prints(/A proof was asked for.*otp, a•••@example\.org/);
      const messages = (await (await fetch(`http://localhost:${port}/inbox/messages`)).json()) as {
        code: string;
      }[];
      expect(command.output()).not.toContain(messages[0]!.code);

      const postmaster = Number.parseInt(
        await readFile(join(folder.path, 'db', 'data', 'postmaster.pid'), 'utf8'),
        10,
      );
      expect(isAlive(postmaster)).toBe(true);
      command.signal('SIGTERM');
      expect(await command.ended).toBe(0);
      expect(isAlive(postmaster)).toBe(false);
      await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow('fetch failed');

      const startedAt = performance.now();
      await using again = startCommand(['dev', '--port', '0', '--db', 'db'], { cwd: folder.path });
      await again.prints(/listening +http/);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(again.output()).toMatch(/✓ keys +development key +\.countersign/);
      again.signal('SIGINT');
      expect(await again.ended).toBe(0);
    },
  );

  it('leaves nothing of a temporary database, not even its keys', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using command = startCommand(['dev', '--port', '0', '--db', 'temporary'], { cwd: folder.path });
    const [, keyFile] = await command.prints(/Service key +(\S+service\.key)/);
    expect(keyFile).not.toContain(folder.path);
    expect((await stat(keyFile!)).mode & 0o777).toBe(0o600);
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    await expect(stat(keyFile!)).rejects.toThrow('ENOENT');
    await expect(stat(join(folder.path, '.countersign'))).rejects.toThrow('ENOENT');
  });

  it('says that the default port was taken and moves on', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    const occupant = createServer();
    // When somebody else has it, it is taken as well.
    await new Promise<void>((resolve) =>
      occupant.once('error', () => resolve()).listen(4020, '127.0.0.1', resolve),
    );
    await using command = startCommand(['dev', '--db', database.url], { cwd: folder.path, env: given });
    const [, port] = await command.prints(/listening +http:\/\/localhost:(\d+) +\(4020 was taken\)/);
    expect(Number(port)).toBeGreaterThan(4020);
    occupant.close();
  });

  it('says so as a server for production, too', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    const occupant = createServer();
    await new Promise<void>((resolve) =>
      occupant.once('error', () => resolve()).listen(4020, '127.0.0.1', resolve),
    );
    const env = { ...given, DATABASE_URL: database.url };
    await using command = startCommand(['serve'], { cwd: folder.path, env });
    await command.prints(/the port 4020 was taken/);
    expect(await portOf(command.prints(listening))).toBeGreaterThan(4020);
    occupant.close();
  });

  it('takes a port that was asked for, or ends', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
    const { port } = occupant.address() as AddressInfo;
    await using command = startCommand(['dev', '--port', String(port), '--db', 'db'], { cwd: folder.path });
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain(`Port ${port} is taken`);
    await expect(stat(join(folder.path, 'db'))).rejects.toThrow('ENOENT');
    occupant.close();
  });

  it('prints JSON lines and nothing else with --json', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await using command = startCommand(
      ['dev', '--port', '0', '--db', database.url, '--json', '--no-demo', '--no-open'],
      { cwd: folder.path, env: given },
    );
    const port = await portOf(command.prints(/"port":(\d+)/));
    await createTransfer(port, serviceKey);
    await command.prints(/authorization_request\.challenged/);
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    const lines = command
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        'starting',
        'database',
        'migrations',
        'keys',
        'listening',
        'event',
        'stopping',
      ]),
    );
    expect(command.output()).not.toContain(serviceKey);
    expect(command.output()).not.toContain(secret);
  });

  it('refuses to be production and to be reached by others, and says both at once', async () => {
    await using folder = await temporaryDirectory();
    await using command = startCommand(['dev', '--host', '0.0.0.0'], {
      cwd: folder.path,
      env: { NODE_ENV: 'production', LOG_LEVEL: 'loud' },
    });
    expect(await command.ended).toBe(1);
    expect(command.output()).toMatch(/--host +expected 127\.0\.0\.1/);
    expect(command.output()).toMatch(/NODE_ENV +expected anything but "production"/);
    expect(command.output()).toMatch(/LOG_LEVEL +expected one of/);
    expect(command.output()).not.toContain('    at ');
  });

  it(
    'reads countersign.config.ts, whose operations are those of this very program',
    { timeout: 60_000 },
    async () => {
      await using folder = await temporaryDirectory();
      await using database = await createTestDatabase();
      await symlink(
        fileURLToPath(new URL('../../../node_modules', import.meta.url)),
        join(folder.path, 'node_modules'),
      );
      await writeFile(
        join(folder.path, 'countersign.config.ts'),
        `import { defineOperation, type CountersignConfig } from '@countersign/server';
       const close = defineOperation({ slug: 'close', data: { safeParseAsync: async (data: unknown) => ({ success: true, data }) } as never, title: 'Close the account' });
       export default { issuer: 'Acme Bank', port: 0, operations: { close } } satisfies CountersignConfig;`,
      );
      await using command = startCommand(['dev', '--db', database.url], { cwd: folder.path, env: given });
      const port = await portOf(command.prints(/listening +http:\/\/localhost:(\d+)/));
      const answer = await fetch(`http://localhost:${port}/trpc/authorizationRequest.create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          json: {
            slug: 'close',
            subjectId: 'ada',
            data: {},
            deliverTo: { channel: 'email', address: 'ada@example.org' },
          },
        }),
      });
      expect(await answer.text()).toContain('Close the account');
    },
  );
});

describe('a second signal', () => {
  it('ends the command at once while it waits for a call in progress', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await using command = startCommand(['dev', '--port', '0', '--db', database.url], {
      cwd: folder.path,
      env: given,
    });
    const port = await portOf(command.prints(/listening +http:\/\/localhost:(\d+)/));
    await beginCall(port);
    command.signal('SIGINT');
    await command.prints(/Stopping/);
    command.signal('SIGINT');
    expect(await command.ended).toBe(130);
  });

  it('is not needed: a call in progress is cut off after five seconds', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await using command = startCommand(['dev', '--port', '0', '--db', database.url], {
      cwd: folder.path,
      env: given,
    });
    const port = await portOf(command.prints(/listening +http:\/\/localhost:(\d+)/));
    await beginCall(port);
    const stoppedAt = performance.now();
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(performance.now() - stoppedAt).toBeGreaterThan(4_000);
  });
});

describe('countersign serve', () => {
  it('does not start without what must be given, and names all of it', async () => {
    await using folder = await temporaryDirectory();
    await using command = startCommand(['serve'], { cwd: folder.path });
    expect(await command.ended).toBe(1);
    for (const name of ['DATABASE_URL', 'COUNTERSIGN_SECRET', 'COUNTERSIGN_SERVICE_KEY'])
      expect(command.output()).toContain(name);
  });

  it('has no development doors, makes no keys, and stops cleanly', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    const env = { ...given, DATABASE_URL: database.url, NODE_ENV: 'production' };
    await using command = startCommand(['serve', '--port', '0', '--json'], { cwd: folder.path, env });
    const port = await portOf(command.prints(/"port":(\d+)/));
    const url = `http://localhost:${port}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const path of ['/', '/api', '/inbox', '/inbox/messages', '/phone', '/console'])
      expect((await fetch(url + path)).status).toBe(404);
    expect(
      (await fetch(`${url}/trpc/method.list`, { headers: { authorization: `Bearer ${serviceKey}` } })).status,
    ).toBe(200);
    expect(
      (
        await fetch(`${url}/trpc/method.list`, {
          headers: { origin: url, authorization: `Bearer ${serviceKey}` },
        })
      ).status,
    ).toBe(403);
    await expect(stat(join(folder.path, '.countersign'))).rejects.toThrow('ENOENT');
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
  });

  it('says in one sentence that the database is away', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    const env = { ...given, DATABASE_URL: 'postgresql://ada:hunter22@127.0.0.1:1/bank' };
    await using command = startCommand(['serve', '--port', '0'], { cwd: folder.path, env });
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain('The database cannot be used (ECONNREFUSED)');
    expect(command.output()).not.toMatch(/hunter22|    at /);
  });
});

describe('countersign migrate', () => {
  it(
    'says whether a migration is missing, applies it, and says that none is',
    { timeout: 60_000 },
    async () => {
      await using folder = await temporaryDirectory();
      await using database = await createTestDatabase();
      await database.sql.query('DROP SCHEMA countersign CASCADE');
      const run = async (...args: string[]) => {
        await using command = startCommand(['migrate', ...args], {
          cwd: folder.path,
          env: { DATABASE_URL: database.url },
        });
        return { code: await command.ended, output: command.output() };
      };
      expect((await run('--check')).code).toBe(1);
      expect((await run()).code).toBe(0);
      const checked = await run('--check');
      expect(checked.code).toBe(0);
      expect(checked.output).toContain('up to date');
    },
  );
});

it('shows no stack for an option that does not exist', async () => {
  await using folder = await temporaryDirectory();
  await using command = startCommand(['dev', '--prot', '1'], { cwd: folder.path });
  expect(await command.ended).toBe(1);
  expect(command.output()).toMatch(/unknown option '--prot'/);
  expect(listening.test(command.output())).toBe(false);
});

it.each([0, 150, 400, 800])(
  'leaves nothing behind when it is told to stop %i ms after its start began',
  { timeout: 60_000 },
  async (delay) => {
    await using folder = await temporaryDirectory();
    await using command = startCommand(['dev', '--port', '0', '--db', 'db'], { cwd: folder.path });
    await command.prints(/development\n/);
    await new Promise((resolve) => setTimeout(resolve, delay));
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    await expect(readFile(join(folder.path, 'db', 'data', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  },
);

it('finishes a call in progress before it stops', { timeout: 60_000 }, async () => {
  await using folder = await temporaryDirectory();
  await using database = await createTestDatabase();
  await writeFile(
    join(folder.path, 'countersign.config.mjs'),
    `const method = { key: 'slow', title: 'Slow', binding: 'server', proof: {}, factor: null,
       reach: async () => { process.stdout.write('reaching\\n'); await new Promise((done) => setTimeout(done, 1500)); return { recipient: null }; },
       issue: () => ({ secret: null, text: null, options: null }), verify: () => ({ valid: false }) };
     export default { methods: [method] };`,
  );
  const env = { ...given, DATABASE_URL: database.url };
  await using command = startCommand(['serve', '--port', '0'], { cwd: folder.path, env });
  const port = await portOf(command.prints(/listening +http:\/\/127\.0\.0\.1:(\d+)/));
  const answer = createTransfer(port, serviceKey);
  await command.prints(/reaching/);
  command.signal('SIGTERM');
  expect(await (await answer).text()).toContain('"state":"waiting"');
  expect(await command.ended).toBe(0);
});
