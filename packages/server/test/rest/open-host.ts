import { createAdaptorServer } from '@hono/node-server';
import { deriveTokenKey, mintScopedToken, type Claims } from '@countersign/core/scoped-token';
import type { Core, WhenRevocationsAreStale } from '@countersign/core';
import { openTestCore, type TestCore } from '@countersign/core/testing';
import { Hono } from 'hono';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createIdentify } from '../../src/caller/identify.ts';
import { createServiceKeyCheck } from '../../src/caller/service-key.ts';
import { createSubjectActivity } from '../../src/caller/subject-activity.ts';
import { createDpopVerifier } from '../../src/dpop/verifier.ts';
import { createCredentialGate } from '../../src/caller/credential-gate.ts';
import { createLogger } from '../../src/log/logger.ts';
import { createRestGuard, type RestGuard, type RestGuardOptions } from '../../src/rest/guard.ts';
import { transfer } from '../support/transfer.ts';

const audience = 'bank.test';
export const serviceKey = `csk_${'k'.repeat(40)}`;

type IssueInput = Parameters<Core['scopedToken']['issue']>[1];

const kid = 'k1';
const root = randomBytes(32);

/** What came back, read to its end. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A host with routes of its own behind a real port, and Countersign beside them. */
export interface RestHost extends AsyncDisposable {
  readonly test: TestCore;
  readonly rest: RestGuard;
  readonly port: number;
  /** Every line that was logged. */
  readonly log: readonly string[];
  /** What the routes were given, in order. */
  readonly arrived: Request[];
  /** A token that the service issues for Ada. */
  issue(scope: NonNullable<IssueInput['scope']>, more?: Record<string, unknown>): Promise<string>;
  /** One that is made by hand, with whatever claims. */
  mint(claims: Partial<Claims>): string;
  /** A request whose line and headers are written as they stand: nothing is normalized on the way. */
  send(line: string, headers?: Record<string, string> | readonly string[], body?: string): Promise<RawAnswer>;
}

export interface RestHostOptions extends Partial<RestGuardOptions> {
  readonly subjectActive?: (subjectId: string) => boolean;
  readonly whenRevocationsAreStale?: WhenRevocationsAreStale;
  /** Happens when a token was read, before it is asked again. */
  readonly afterIdentified?: () => Promise<void>;
  /** What answers, when it is no Hono app. */
  readonly answer?: (request: Request, rest: RestGuard) => Promise<Response>;
}

export async function openHost(
  build: (app: Hono, host: Pick<RestHost, 'rest' | 'arrived'>) => void,
  {
    subjectActive = () => true,
    whenRevocationsAreStale = 'closed',
    afterIdentified = async () => undefined,
    answer,
    ...options
  }: RestHostOptions = {},
): Promise<RestHost> {
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', write: (line) => void log.push(line) });
  const test = await openTestCore({
    operations: [transfer],
    logger,
    scopedToken: {
      audience,
      whenRevocationsAreStale,
      keyService: { keys: async () => [{ kid, state: 'active', root }] },
    },
  });
  const { core, clock } = test;
  const isActive = createSubjectActivity(subjectActive, clock);
  const credentials = createCredentialGate({ core, isActive });
  const identify = createIdentify({
    core,
    isBootstrapKey: createServiceKeyCheck(serviceKey),
    schemes: ['bearer', 'tmptoken'],
    dpop: createDpopVerifier({ clock }),
  });
  const rest = createRestGuard({
    core,
    credentials,
    isActive,
    async identify(presentation) {
      const caller = await identify(presentation);
      await afterIdentified();
      return caller;
    },
    audience,
    publicUrl: ({ url }) => url,
    scheme: 'Bearer',
    legacySchemes: ['TmpToken'],
    queryParameter: null,
    recipientHeader: 'X-API-Token-Recipient',
    clock,
    logger,
    ...options,
  });
  const arrived: Request[] = [];
  const app = new Hono();
  build(app, { rest, arrived });
  const server = createAdaptorServer({
    fetch: answer === undefined ? app.fetch : (request: Request) => answer(request, rest),
  }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    test,
    rest,
    port,
    log,
    arrived,
    async issue(scope, more = {}) {
      const { token } = await core.scopedToken.issue(test.service, { subjectId: 'ada', scope, ...more });
      return token!;
    },
    mint(claims) {
      const now = Math.floor(clock.now().getTime() / 1000);
      return mintScopedToken({
        key: deriveTokenKey({ root, kid, audience }),
        kid,
        claims: {
          jti: randomBytes(16).toString('base64url'),
          sub: 'ada',
          aud: audience,
          iat: now,
          exp: now + 3600,
          scp: {},
          ...claims,
        },
      });
    },
    send: (line, headers, body) => sendRaw(port, line, headers, body),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      credentials.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

/** Each header as a line: one name may stand there twice. */
async function sendRaw(
  port: number,
  line: string,
  headers: Record<string, string> | readonly string[] = [],
  body = '',
): Promise<RawAnswer> {
  const given = Array.isArray(headers)
    ? (headers as readonly string[])
    : Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const named = given.some((one) => one.startsWith('Host:')) ? [] : ['Host: bank.test'];
  const lines = [`${line} HTTP/1.1`, ...named, 'Connection: close', ...given];
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  const [status = '', ...names] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: new Headers(
      names.map((name): [string, string] => [
        name.slice(0, name.indexOf(':')),
        name.slice(name.indexOf(':') + 2),
      ]),
    ),
    body: rest.join('\r\n\r\n'),
  };
}
