import { chmod, mkdtemp, readFile, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBooks } from './browser/books.ts';
import { approve, askPhone, digitsField, dialogOf, digitsOn, receiptOf } from './browser/story.ts';
import { cloneRepository } from './support/fresh-clone.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { visit } from './support/visitor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** On a machine that has the packages it is a tenth of this; one that has none fetches them. */
const patiently = { timeout: 180_000 };

const reference = 'First minute';
const cents = 250_000;

describe('the first minute', () => {
  let folder: string;
  let clone: string;
  let how: string;
  let browser: Browser;
  const terminals = new Set<Terminal>();

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'first-minute-')));
    // PostgreSQL does not run as root: whoever it runs as has to find the way to its data.
    await chmod(folder, 0o711);
    clone = join(folder, 'countersign');
    how = await cloneRepository(root, clone);
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '',
      env: { ...process.env, TMPDIR: folder },
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([...terminals].map((terminal) => terminal.interrupt()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function type(command: string): Terminal {
    const terminal = openTerminal(command, clone);
    terminals.add(terminal);
    return terminal;
  }

  it(
    'goes from a fresh clone over npm start to a receipt, and Ctrl-C leaves nothing behind',
    patiently,
    async () => {
      const terminal = type('npm start -- --port 0 --no-open');
      const installed = await terminal.prints(/^Installed in/m);
      const listening = await terminal.prints(/listening +(http:\/\/localhost:\d+)[^]*Service key/);
      const url = listening.text;

      const context = await browser.newContext({ baseURL: url });
      const bank = await context.newPage();
      await bank.goto('/');
      await bank.getByRole('heading', { name: 'Accounts of Ada Berg' }).waitFor();
      const phone = await context.newPage();
      await phone.goto('/phone');
      await phone.getByText('Nothing to approve').waitFor();

      await using ada = await visit(url);
      const books = readBooks(Promise.resolve(ada));
      const before = await books.balance();

      await askPhone(bank, phone, { amount: '2500', reference });
      const facts = dialogOf(bank).getByRole('definition');
      expect(await phone.getByRole('definition').allInnerTexts()).toEqual(await facts.allInnerTexts());
      await digitsField(phone).waitFor();
      expect(await digitsOn(bank)).toMatch(/^\d ?\d ?\d$/);
      expect(await books.balance()).toBe(before);
      await approve(bank, phone);
      await receiptOf(bank).waitFor();
      const receipt = terminal.secondsSinceTyped();

      expect(await books.balance()).toBe(before - cents);
      expect(await books.movements(reference)).toEqual([-cents]);
      await context.close();

      const open = await tracesOf(clone, url);
      expect(open).toMatchObject({ isListening: true });
      expect(open.files).toEqual(expect.arrayContaining(['owner.json', 'postmaster.pid', 'database.url']));
      await terminal.interrupt();
      // And nothing after it but what happened last: no complaint, no trace of a stack.
      expect(terminal.output()).toMatch(/\n {2}Stopping\.\s*(?:\d{2}:\d{2}:\d{2} {2}\S.*\s*)*$/);
      expect(await tracesOf(clone, url)).toEqual(nothing);
      console.log(
        `first minute: ${how}, installed in ${installed.seconds.toFixed(1)} s, ` +
          `listening in ${listening.seconds.toFixed(1)} s, receipt after ${receipt.toFixed(1)} s`,
      );

      const again = type('npm start -- --port 0 --no-open');
      const second = await again.prints(/listening +(http:\/\/localhost:\d+)[^]*Service key/);
      await using adaAgain = await visit(second.text);
      expect(await readBooks(Promise.resolve(adaAgain)).movements(reference)).toEqual([-cents]);
      expect(again.output()).not.toMatch(/Installing|Building/);
      await again.interrupt();
      expect(await tracesOf(clone, second.text)).toEqual(nothing);
      console.log(`second start: listening in ${second.seconds.toFixed(1)} s`);
    },
  );
});

/** By what a start that runs is seen: its processes, its port, and what in the data directory says "in use". */
async function tracesOf(clone: string, url: string) {
  const files = await readdir(join(clone, '.countersign'), { recursive: true });
  return {
    processes: await processesIn(clone),
    isListening: await isOpen(Number(new URL(url).port)),
    files: files.filter((path) => isKeptWhileOpen.test(path)).map((path) => basename(path)),
  };
}

const isKeptWhileOpen = /(?:^|\/)(?:owner\.json|postmaster\.pid|database\.url|\.s\.PGSQL\.\d+(?:\.lock)?)$/;
const nothing = { processes: [], isListening: false, files: [] };

/** Where there is a /proc: each process whose working directory, or what it runs, is in the folder. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    pids
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
      .map(async (pid) => {
        const at = await readlink(`/proc/${pid}/cwd`).catch(() => '');
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return at.startsWith(folder) || command.includes(folder)
          ? [`${pid} ${command.replaceAll('\0', ' ')}`]
          : [];
      }),
  );
  return found.flat();
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
