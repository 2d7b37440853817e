import { createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import type { Countersign, OutgoingMessage } from '@countersign/server';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { setup } from '../../core/testing/database-setup.ts';
import { compile, temporaryFolder } from '../test/support/compile.ts';

/** What a reader has already: here everybody is signed in as whoever their cookie says, and mail is kept. */
const yours = `
import type { OutgoingMessage } from '@countersign/server';
import type { IncomingMessage } from 'node:http';
export const mail: OutgoingMessage[] = [];
export async function send(message: OutgoingMessage): Promise<void> {
  mail.unshift(message);
}
export function sessionOf({ headers }: IncomingMessage) {
  const subjectId = headers.cookie?.replace('customer=', '') ?? '';
  return { subjectId, sessionId: 'session of ' + subjectId };
}
`;

interface Host {
  readonly cs: Countersign;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

const folder = temporaryFolder('react-guide');
let teardown: (() => Promise<void>) | undefined;
let profile: string;
let database: TestDatabase;
let host: Host;
let mail: OutgoingMessage[];
let server: Server;
let browser: Browser;
let page: Page;
let people = 0;
let subjectId: string;
const trouble: string[] = [];

/** The blocks of the guide, by the name in the first line of each. */
async function readFiles(): Promise<Map<string, string>> {
  const guide = await readFile(new URL('../../../docs/guides/react.md', import.meta.url), 'utf8');
  const blocks = [...guide.matchAll(/```tsx?\n\/\/ (\S+)\n([^]*?)```/g)];
  return new Map([...blocks.map(([, name = '', code = '']) => [name, code] as const), ['yours.ts', yours]]);
}

/** Node takes the types out of no file below node_modules, so it is done here. */
async function importServer(files: ReadonlyMap<string, string>): Promise<void> {
  for (const name of ['server.ts', 'yours.ts'])
    await writeFile(
      join(folder.path, name.replace('.ts', '.mjs')),
      stripTypeScriptTypes(files.get(name) ?? '').replace("'./yours.ts'", "'./yours.mjs'"),
    );
  host = (await import(join(folder.path, 'server.mjs'))) as Host;
  ({ mail } = (await import(join(folder.path, 'yours.mjs'))) as { mail: OutgoingMessage[] });
}

async function openBank(): Promise<void> {
  const build = await rolldown({
    input: join(folder.path, 'main.tsx'),
    platform: 'browser',
    // Of TanStack Query, for frameworks that render on a server.
    onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    resolve: { conditionNames: ['@countersign/source', 'import', 'module', 'browser', 'default'] },
    transform: { define: { 'process.env.NODE_ENV': '"development"' }, jsx: { runtime: 'automatic' } },
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  server = createServer((request, response) => {
    const { url = '' } = request;
    if (url.startsWith('/trpc')) return host.handler(request, response);
    const file = output.find(({ fileName }) => url === `/${fileName}`);
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html; charset=utf-8');
    const markup = `<!doctype html><html lang="en"><title>Bank</title><link rel="icon" href="data:,"><body><script type="module" src="/${output[0].fileName}"></script>`;
    response.end(file?.type === 'chunk' ? file.code : markup);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
}

beforeAll(async () => {
  teardown = await setup();
  database = await createTestDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    COUNTERSIGN_SECRET: randomBytes(32).toString('base64'),
  });
  const files = await readFiles();
  for (const [name, code] of files) await writeFile(join(folder.path, name), code);
  await importServer(files);
  await openBank();
  profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '',
    env: { ...process.env, TMPDIR: profile },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await host.cs.close();
  await database[Symbol.asyncDispose]();
  await teardown?.();
  await rm(profile, { recursive: true });
  folder[Symbol.dispose]();
});

beforeEach(async () => {
  people += 1;
  subjectId = `person-${people}`;
  await bank().factor.create({
    subjectId,
    methodId: 'otp',
    config: { channel: 'email', address: `${subjectId}@example.org` },
    confirmed: true,
  });
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  const { port } = server.address() as AddressInfo;
  await context.addCookies([{ name: 'customer', value: subjectId, domain: 'localhost', path: '/' }]);
  page = await context.newPage();
  page.on('pageerror', ({ message }) => trouble.push(message));
  page.on('console', (message) => {
    // The browser itself says what was refused first.
    if (message.type() !== 'info' && !message.text().includes('428')) trouble.push(message.text());
  });
  await page.goto(`http://localhost:${port}/`);
  await page.getByText('1 ways to confirm').waitFor();
});
afterEach(async () => {
  await page.context().close();
  expect(trouble.splice(0)).toEqual([]);
});

const bank = () => host.cs.createCaller({ kind: 'service' });
/** Beside many others a page takes its time. */
const poll = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });
const requests = async () => (await bank().authorizationRequest.list({ subjectId })).items;
const sendMoney = (): Promise<void> => page.getByRole('button', { name: 'Send € 2,500' }).click();

/** Reads the message that the dialog has had sent, and authorizes. */
async function authorize(): Promise<void> {
  const codes = (): string[] =>
    mail.filter(({ to }) => to.startsWith(`${subjectId}@`)).map(({ code }) => code);
  await poll(codes).toHaveLength(1);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(codes()[0]!);
  await dialog.getByRole('button', { name: 'Authorize', exact: true }).click();
}

it('a mutation of TanStack Query is pending while the person is asked, and has its data afterwards', async () => {
  await sendMoney();
  await page.getByRole('dialog').getByText('€ 2500.00').waitFor();
  expect(await page.locator('button', { hasText: 'Send € 2,500' }).isDisabled()).toBe(true);
  await authorize();
  await page.getByText('Sent to GB29 NWBK 6016').waitFor();
  const [request] = await requests();
  expect(request).toMatchObject({ slug: 'transfer', state: 'granted', data: { amountCents: 250_000 } });
  expect(request?.consumedAt).toBeInstanceOf(Date);
  await page.getByText('authorization_request.granted at').waitFor();
});

it('a mutation that the person calls off has AuthorizationCancelled as its error', async () => {
  await sendMoney();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You called it off').waitFor();
  await poll(requests).toMatchObject([{ state: 'cancelled' }]);
});

it('a mutation that was refused on another device has AuthorizationDenied as its error', async () => {
  await sendMoney();
  await page.getByRole('dialog').waitFor();
  const [request] = await requests();
  await bank().authorizationRequest.deny({ id: request!.id });
  await page.getByText('You refused it').waitFor();
});

it('the list of what one confirms with, and its enrolment, are those of the guide', async () => {
  const offered = page.getByRole('region', { name: 'Add a way to confirm' }).getByRole('button');
  expect(await offered.allInnerTexts()).toEqual([
    expect.stringContaining('An app on your phone'),
    expect.stringContaining('A message to you'),
  ]);
  await offered.first().click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await authorize();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
});

it('the files of the guide compile as they stand there', { timeout: 60_000 }, async () => {
  const sourceOf = (file: string): string => new URL(`../../${file}`, import.meta.url).pathname;
  const files = await readFiles();
  // Beside them one that must not: the input is the one of the operation.
  await writeFile(join(folder.path, 'wrong.tsx'), files.get('transfer.tsx')!.replace('250_000', "'250'"));
  const { output } = await compile(folder.path, {
    extends: sourceOf('client/tsconfig.json'),
    compilerOptions: {
      types: ['node'],
      paths: {
        '@countersign/client': [sourceOf('client/src/index.ts')],
        '@countersign/client/react': [sourceOf('client/src/react/index.ts')],
      },
    },
    files: [...files.keys(), 'wrong.tsx'],
    include: [],
  });
  // What is wrong in our sources is another check's to say.
  const ours = output.split('\n').filter((line) => /^[a-z]+\.tsx?\(/.test(line));
  expect(ours).toEqual([expect.stringMatching(/^wrong\.tsx\(.*'string' is not assignable to type 'number'/)]);
});
