import { createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Countersign, HttpGuardedOptions } from '../../src/index.ts';
import { interfaceMembers } from '../../../../scripts/interface-members.ts';
import { importFiles, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/guard-other-frameworks.md');
const [
  bank = '',
  fetching = '',
  route = '',
  action = '',
  actionPage = '',
  svelte = '',
  fastify = '',
  page = '',
] = guide.blocks;

/** What a host has of its own, and what the blocks use of frameworks that are not here. */
const yours = String.raw`
export const sessions = new Map<string, string>(Array.from({ length: 10 }, (_, n) => ['s' + n, 'person-' + n]));
export const codes: string[] = [];
export const mail = async ({ code }: { readonly code: string }): Promise<void> => void codes.push(code);
`;
const frameworks = `
declare module 'next/headers' { export function cookies(): Promise<{ toString(): string }> }
declare module 'fastify' {
  interface Asked { readonly url: string; readonly method: string; readonly body: unknown; readonly headers: { readonly cookie?: string } }
  interface Reply { send(answer: Response): Reply }
  interface App { post(path: string, handler: (asked: Asked, reply: Reply) => Promise<Reply>): void }
  export default function Fastify(options: { readonly bodyLimit: number }): App;
}
`;
const types = `
import type { HttpActor } from '@countersign/server';
export type RequestHandler = (event: { readonly request: Request; readonly locals: { readonly session: HttpActor } }) => Promise<Response>;
`;
const browser = `
import type { OnChallenge } from '@countersign/client';
export declare const showDialog: OnChallenge;
export declare const token: () => string;
`;
const root = new URL('../../../../', import.meta.url);

describe('the blocks of the guide', () => {
  it('compile as they stand there, each a file of its own', { timeout: 60_000 }, async () => {
    expect(guide.blocks).toHaveLength(8);
    const files = {
      'bank.ts': bank,
      'fetching.ts': fetching,
      'route.ts': route,
      'send-money.ts': action,
      'action-page.ts': actionPage,
      // SvelteKit makes this file, and has bundlers find it.
      'svelte.ts': svelte.replace('./$types', './$types.ts'),
      'fastify.ts': fastify,
      'fetch-page.ts': page,
      'yours.ts': yours,
      'page.ts': browser,
      '$types.ts': types,
      'frameworks.d.ts': frameworks,
    };
    const wrong = route.replace('authorization.data', 'authorization.amount');
    const messages = await compile({ ...files, 'wrong.ts': wrong });
    expect(messages).toMatch(/^\S+wrong\.ts\(\d+,\d+\): error TS\d+: Property 'amount' does not exist .*$/);
  });

  it('name every option', () => {
    const common = interfaceMembers('packages/server/src/guard/http/options.ts', 'HttpGuardedOptions');
    const named = rowsOf(guide, 'option').map(([[name = ''] = []]) => name);
    expect(named.toSorted()).toEqual([...common, 'em', 'transaction'].toSorted());
    expect(common).toContain('actor' satisfies keyof HttpGuardedOptions<Request>);
  });
});

/** The functions of the guide, as they run in this process. */
interface Routes {
  readonly cs: Countersign;
  readonly codes: string[];
  /** Each asks by a cookie for a transfer. */
  readonly ask: Readonly<Record<string, (cookie: string, data: object) => Promise<Response>>>;
}

describe('a route of the guide', () => {
  let database: TestDatabase;
  let files: { remove(): void };
  let routes: Routes;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env['DATABASE_URL'] = database.url;
    process.env['COUNTERSIGN_SECRET'] = randomBytes(32).toString('base64');
    files = await importFiles(
      {
        'yours.ts': yours,
        'bank.ts': bank,
        'fetching.ts': fetching,
        'route.ts': route,
        'svelte.ts': svelte.replace(/^import type .*\n/m, '').replace(': RequestHandler', ''),
        'send-money.ts': action.replace("'next/headers'", "'./next-headers.ts'"),
        'next-headers.ts': "export const cookies = async () => globalThis['cookieOfAction'];",
        'fastify.ts': fastify.replace("'fastify'", "'./fastify-stub.ts'"),
        'fastify-stub.ts': `
          export default () => ({ post(path, handler) { this.handler = handler; } });`,
        'all.ts': `
          import { cs, sessionOf } from './bank.ts';
          import { codes } from './yours.ts';
          import { fetch } from './fetching.ts';
          import { POST } from './route.ts';
          import { POST as svelte } from './svelte.ts';
          import { sendMoney } from './send-money.ts';
          import { app } from './fastify.ts';
          const requestOf = (cookie, data) => new Request('http://bank.example/transfers', {
            method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: JSON.stringify(data) });
          globalThis['routesOfGuide'] = { cs, codes, ask: {
            fetch: (cookie, data) => fetch(requestOf(cookie, data)),
            'route handler': (cookie, data) => POST(requestOf(cookie, data)),
            svelte: (cookie, data) => svelte({ request: requestOf(cookie, data), locals: { session: sessionOf(cookie) } }),
            'server action': async (cookie, data) => {
              globalThis['cookieOfAction'] = cookie;
              const { ok, ...answer } = await sendMoney(data);
              return Response.json(answer, { status: ok ? 200 : answer.status });
            },
            fastify: (cookie, data) => app.handler(
              { url: '/transfers', method: 'POST', headers: { cookie }, body: data }, { send: (answer) => answer }),
          } };`,
      },
      'all.ts',
    );
    routes = (globalThis as unknown as { routesOfGuide: Routes }).routesOfGuide;
  });
  afterAll(async () => {
    await routes.cs.close();
    files.remove();
    await database[Symbol.asyncDispose]();
  });

  // Each has people of its own: one gets no more than ten messages in ten minutes.
  it.each([
    ['fetch', 0],
    ['route handler', 1],
    ['server action', 2],
    ['svelte', 3],
    ['fastify', 4],
  ])('runs once what was authorized, for who has authorized it (%s)', async (name, person) => {
    const { cs, codes, ask } = routes;
    const data = { to: name, amountCents: 250_000 };
    const asking = (changes = {}, cookie = `theme=dark; session=s${person}`) =>
      ask[name]!(cookie, { ...data, ...changes });
    const refused = await asking();
    expect(refused.status).toBe(428);
    const { authorizationRequest } = (await refused.json()) as { authorizationRequest: { id: string } };
    const ada = cs.createCaller({ kind: 'subject', subjectId: `person-${person}`, sessionId: `s${person}` });
    const proof = { method: 'otp', code: codes.at(-1) ?? '' };
    await ada.authorizationRequest.grant({ id: authorizationRequest.id, proof });

    expect((await asking({ amountCents: 990_000 })).status).toBe(428);
    expect((await asking({}, `session=s${person + 5}`)).status).toBe(428);
    expect((await asking({}, '')).status).toBe(401);
    expect((await asking({ note: 'more' })).status).toBe(400);
    const done = await asking();
    expect([done.status, await done.json()]).toEqual([200, { sent: 250_000 }]);
    expect((await asking()).status).toBe(428);
  });
});

/** What the compiler says of these files, by the strict settings of the client; nothing when they are right. */
async function compile(files: Readonly<Record<string, string>>): Promise<string> {
  const cache = join(new URL('../../', import.meta.url).pathname, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'guide-'));
  const source = (path: string): string[] => [new URL(path, root).pathname];
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const project = {
      extends: new URL('packages/client/tsconfig.json', root).pathname,
      compilerOptions: {
        paths: {
          '@countersign/server': source('packages/server/src/index.ts'),
          '@countersign/client': source('packages/client/src/index.ts'),
        },
      },
      include: Object.keys(files),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const output = await promisify(execFile)('tsc', ['-p', folder, '--pretty', 'false']).then(
      ({ stdout }) => stdout,
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    const messages = output.split(/\n(?! )/);
    return messages.filter((message) => message.includes('/guide-')).join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
