import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnServer } from '../../../core/test/log/own-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openInstallation, type Installation } from './run-command.ts';

const open = new AsyncDisposableStack();
let here: Installation;
beforeAll(async () => {
  const folder = open.use(await temporaryDirectory());
  const rules = join(folder.path, 'pg_hba.conf');
  await writeFile(rules, 'local all locked scram-sha-256\nlocal all all trust\n');
  open.use(await startOwnServer({ hba_file: rules }));
  here = open.use(await openInstallation());
  await here.database.sql.query(`CREATE ROLE weak LOGIN; CREATE ROLE locked LOGIN PASSWORD 'right'`);
}, 60_000);
afterAll(() => open.disposeAsync());

const withUser = (user: string) => here.database.url.replace('postgres@', `${user}@`);

/** All that a command says of this database, in whichever stream. */
async function saidOf(url: string, ...command: string[]): Promise<string> {
  const env = { DATABASE_URL: url, COUNTERSIGN_SERVICE_KEY: `csk_${'a'.repeat(40)}`, PORT: '0' };
  const { code, answer, notes } = await here.runWith({ env }, ...command);
  expect(code).toBe(1);
  return answer + notes;
}

const stackOrDriver =
  /    at |permission denied|authentication failed|does not exist|support SSL|URI malformed/;

describe('a database that cannot be used', { timeout: 60_000 }, () => {
  it('is said to every command of a role without rights, with a way out and without a stack', async () => {
    const commands = ['migrate', 'migrate --check', 'serve', 'events tail', 'keys', 'doctor'];
    const said = await Promise.all(
      commands.map((command) => saidOf(withUser('weak'), ...command.split(' '))),
    );
    for (const [at, text] of said.entries()) {
      expect(text, commands[at]).toMatch(
        /The database cannot be used: its user lacks a right \(42501\)\. Migrate/,
      );
      expect(text, commands[at]).not.toMatch(stackOrDriver);
    }
  });

  it.each<[string, RegExp, () => string]>([
    [
      'a password that is wrong',
      /: its password is refused \(28P01\)\. Check user and password/,
      () => withUser('locked:hunter22'),
    ],
    ['a user that does not exist', /: its user is not let in \(28000\)\. Check/, () => withUser('nobody')],
    [
      'a database that does not exist',
      /: there is none of this name \(3D000\)\. Create it/,
      () => here.database.url.replace(/[^/]*$/, 'hunter22'),
    ],
    [
      'TLS that the server does not have',
      /: it has no TLS, which its URL asks for\. Switch/,
      () => `${here.database.url}?sslmode=verify-full`,
    ],
    [
      'a port that is none',
      /: its URL cannot be read\. .* at most 65535/,
      () => here.database.url.replace(':5432', ':99999'),
    ],
    [
      'a password that is not encoded',
      /: its URL cannot be read\. .* % is %25/,
      () => withUser('ada:hunter22%he'),
    ],
  ])('is told by its reason: %s', async (_, words, url) => {
    const said = await saidOf(url(), 'migrate');
    expect(said).toMatch(words);
    expect(said).not.toMatch(stackOrDriver);
    expect(said).not.toContain('hunter22');
  });

  it('is told by its reason: a certificate that nobody here trusts', async () => {
    const read = (name: string) => readFileSync(new URL(`../nats/certificate/${name}.pem`, import.meta.url));
    const context = createSecureContext({ cert: read('server'), key: read('server-key') });
    // It says yes to TLS; further than the certificate nobody comes.
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write('S');
        new TLSSocket(socket, { isServer: true, secureContext: context }).on('error', () => undefined);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const said = await saidOf(`postgresql://ada@127.0.0.1:${port}/bank?sslmode=verify-full`, 'migrate');
      expect(said).toMatch(/: its certificate is not trusted \([A-Z_]+\)\. Name who signed it/);
      expect(said).not.toContain('    at ');
    } finally {
      server.close();
    }
  });
});
