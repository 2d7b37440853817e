import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@countersign/core';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';
import { mailedCodes } from './approve.ts';
import { openLedger, type Ledger } from './bank.ts';
import { openHttpBank, type HttpBank, type Problem } from './http-bank.ts';

const { method, approve } = mailedCodes();
let server: TestServer;
let ledger: Ledger;
let bank: HttpBank;
let count = 0;
beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations: { transfer } });
  ledger = await openLedger(server);
  bank = await openHttpBank(server.cs, ledger);
});
afterAll(async () => {
  await bank[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Everybody is somebody new, so that tests do not see each other. */
let ada: Extract<Actor, { kind: 'subject' }>;
let data: { to: string; amountCents: number };
beforeEach(() => {
  count += 1;
  ada = { kind: 'subject', subjectId: `ada-${count}`, sessionId: `session-${count}` };
  data = { to: `GB${count}`, amountCents: 250_000 };
});

interface Asked {
  readonly method?: string;
  readonly body?: string | Buffer<ArrayBuffer> | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const session = ({ subjectId, sessionId } = ada): string => `${subjectId}/${sessionId ?? ''}`;

async function ask(path: string, { method: verb = 'POST', body, headers }: Asked = {}): Promise<Response> {
  return await fetch(`${bank.url}/${path}`, {
    method: verb,
    headers: { 'x-session': session(), 'content-type': 'application/json', ...headers },
    body: body === undefined ? JSON.stringify(data) : body,
  });
}

/** A refusal, after what all refusals have in common. */
async function refused(asking: Promise<Response>): Promise<Problem & { readonly headers: Headers }> {
  const answer = await asking;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const problem = (await answer.json()) as Problem;
  expect(problem.status).toBe(answer.status);
  return { ...problem, headers: answer.headers };
}

async function requested(path: string, asked?: Asked): Promise<{ readonly id: string }> {
  const { status, reason, authorizationRequest } = await refused(ask(path, asked));
  expect([status, reason]).toEqual([428, 'authorization_required']);
  return authorizationRequest!;
}

/** Asked for, and granted. */
async function grant(path: string, asked?: Asked): Promise<string> {
  const request = await requested(path, asked);
  await approve(server.cs, ada, request);
  return request.id;
}

const paid = async () => (await ledger.payments()).filter(({ to }) => to === data.to);
const runsBy = (id: string): number => bank.runs.filter((one) => one === id).length;

describe.each(['hono', 'fetch'] as const)('a guarded route (%s)', (door) => {
  const transfers = `${door}/transfers`;

  it('answers 428 with the request, runs once when it is granted, and asks anew for the next', async () => {
    const { authorizationRequest, title, detail } = await refused(ask(transfers));
    expect({ title, detail }).toEqual({
      title: 'Precondition Required',
      detail: 'This operation must be authorized first.',
    });
    expect(authorizationRequest).toMatchObject({
      slug: 'transfer',
      state: 'waiting',
      subjectId: ada.subjectId,
      sessionId: ada.sessionId,
      data,
      facts: [
        { label: 'To', value: data.to },
        { label: 'Amount', value: '€ 2500' },
      ],
    });
    const { id } = authorizationRequest!;
    expect((await requested(transfers)).id).toBe(id);
    expect(await paid()).toEqual([]);
    await approve(server.cs, ada, { id });
    const answer = await ask(transfers);
    expect([answer.status, await answer.json()]).toEqual([200, { paid: 250_000, by: id }]);
    expect((await requested(transfers)).id).not.toBe(id);
    expect(await paid()).toEqual([{ ...data, authorizationRequestId: id }]);
  });

  it('uses no grant for a changed amount: that is another request', async () => {
    const id = await grant(transfers);
    const changed = await requested(transfers, { body: JSON.stringify({ ...data, amountCents: 1 }) });
    expect(changed.id).not.toBe(id);
    expect(await paid()).toEqual([]);
    expect((await ask(transfers)).status).toBe(200);
  });

  it('runs the handler once of 100 parallel calls with one grant', async () => {
    const id = await grant(transfers);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(transfers)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 428)).toHaveLength(99);
    expect(runsBy(id)).toBe(1);
    expect(await paid()).toHaveLength(1);
  }, 30_000);

  it.each([
    ['throws', 'throw', 500],
    ['answers by a status of 400 or more', 'conflict', 409],
    ['cannot commit', 'no-commit', 500],
  ])('gives the grant back when its transaction’s handler %s', async (_, end, status) => {
    const id = await grant(transfers);
    const answer = await ask(transfers, { headers: { 'x-end': end } });
    expect(answer.status).toBe(status);
    expect((await answer.text()).includes('"by"')).toBe(end === 'conflict');
    expect(await paid()).toEqual([]);
    expect(await (await ask(transfers)).json()).toEqual({ paid: 250_000, by: id });
    expect(await paid()).toHaveLength(1);
  });

  it('has used the grant up when a handler without a transaction fails', async () => {
    const id = await grant(`${door}/at-once`);
    expect((await ask(`${door}/at-once`, { headers: { 'x-end': 'throw' } })).status).toBe(500);
    expect((await requested(`${door}/at-once`)).id).not.toBe(id);
    expect(runsBy(id)).toBe(1);
  });

  it('leaves the body to the handler, which sees what was authorized, frozen', async () => {
    await grant(transfers);
    await ask(transfers);
    expect(bank.bodies.at(-1)).toEqual(data);
    expect(bank.given.at(-1)?.data).toEqual(data);
    expect([bank.given.at(-1), bank.given.at(-1)?.data].every(Object.isFrozen)).toBe(true);
    const withAnother = { body: `{"amountCents": 1, "to": "${data.to}", "amountCents": 250000}` };
    const id = await grant(transfers, withAnother);
    expect(await (await ask(transfers, withAnother)).json()).toEqual({ paid: 250_000, by: id });
  });

  it('authorizes what a host reads from elsewhere, such as the path', async () => {
    const body = JSON.stringify({ amountCents: 250_000, to: 'GB-of-the-body' });
    const path = `${door}/to/${data.to}`;
    const id = await grant(path, { body });
    expect((await requested(`${door}/to/mallory`, { body })).id).not.toBe(id);
    await ask(path, { body });
    expect(await paid()).toEqual([{ ...data, authorizationRequestId: id }]);
  });

  it('reads what another middleware has read before', async () => {
    const id = await grant(`${door}/read-before`);
    expect(await (await ask(`${door}/read-before`)).json()).toEqual({ paid: 250_000, by: id });
  });

  it('tells a missing authorization as RFC 9470 has it, where the host wants that', async () => {
    const wanted = await refused(ask(`${door}/at-once`));
    expect(wanted.headers.get('www-authenticate')).toBe(
      'Bearer realm="bank.test", error="insufficient_user_authentication", error_description="This operation must be authorized first"',
    );
    expect((await refused(ask(transfers))).headers.get('www-authenticate')).toBe(null);
  });

  it('is asked only by a method that changes something, and never by the grant of one that does not', async () => {
    const id = await grant(transfers);
    for (const verb of ['GET', 'HEAD', 'OPTIONS']) {
      const answer = await ask(transfers, { method: verb, body: null });
      expect([verb, answer.status, answer.headers.get('allow')]).toEqual([
        verb,
        405,
        'POST, PUT, PATCH, DELETE',
      ]);
    }
    const overridden = await ask(transfers, {
      method: 'GET',
      body: null,
      headers: { 'x-http-method-override': 'POST' },
    });
    expect(overridden.status).toBe(405);
    // Also where a middleware of the host's makes one method of another.
    const put = await ask('hono/overridden', { headers: { 'x-http-method-override': 'PUT' } });
    expect(put.status).toBe(405);
    expect(runsBy(id)).toBe(0);
    expect((await ask(transfers, { method: 'PUT' })).status).toBe(200);
  });

  it('refuses what is no data of the operation, a batch for one, before anybody is asked', async () => {
    const bodies: [string, number, string][] = [
      ['{"to": "GB1"', 400, 'must be JSON'],
      ['', 400, 'must be JSON'],
      [JSON.stringify([data, data]), 400, 'expected object'],
      [JSON.stringify({ ...data, note: 'more' }), 400, 'Unrecognized key'],
      [JSON.stringify({ ...data, amountCents: '250000' }), 400, 'expected number'],
      [`{"__proto__": {}, "to": "GB", "amountCents": 1}`, 400, '__proto__'],
      [`{"to": ${JSON.stringify('x'.repeat(70_000))}, "amountCents": 1}`, 413, 'too large'],
    ];
    for (const [body, status, message] of bodies) {
      const problem = await refused(ask(transfers, { body }));
      expect([problem.status, problem.reason]).toEqual([status, 'invalid_input']);
      expect(JSON.stringify(problem)).toContain(message);
    }
    const { rows } = await server.database.sql.query(
      'SELECT FROM countersign.authorization_request WHERE subject_id = $1',
      [ada.subjectId],
    );
    expect(rows).toEqual([]);
  });

  it('reads no form and no bytes that are not text', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
      expect((await refused(ask(transfers, { headers: { 'content-type': type } }))).status).toBe(415);
    const latin = Buffer.from(`{"to": "caf\u00e9", "amountCents": 1}`, 'latin1');
    expect((await refused(ask(transfers, { body: latin }))).status).toBe(400);
  });

  it('reads no more than it may of a body that does not end', async () => {
    const { answer, sentBytes } = await sendEndless(`${bank.url}/${transfers}`, {
      'x-session': session(),
      'content-type': 'application/json',
    });
    expect(answer.statusCode).toBe(413);
    expect(sentBytes()).toBeLessThan(4 * 1024 * 1024);
  });

  it('is for a person in a session: nobody, no session, another session and a stranger get nothing of a grant', async () => {
    const id = await grant(transfers);
    const nobody = await refused(
      fetch(`${bank.url}/${transfers}`, { method: 'POST', body: JSON.stringify(data) }),
    );
    expect([nobody.status, nobody.reason]).toEqual([401, 'unauthenticated']);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="bank.test"');
    const as = (who: string) => refused(ask(transfers, { headers: { 'x-session': who } }));
    expect(await as('/session-1')).toMatchObject({ status: 401, reason: 'unauthenticated' });
    expect(await as(`${ada.subjectId}/`)).toMatchObject({ status: 403, reason: 'forbidden' });
    for (const who of [`${ada.subjectId}/another`, `mallory-${count}/${ada.sessionId}`]) {
      const { status, authorizationRequest } = await as(who);
      expect(status).toBe(428);
      expect(authorizationRequest?.id).not.toBe(id);
    }
    expect(runsBy(id)).toBe(0);
  });

  it('is for no service key, and for a token only where cs.rest has asked what it opens', async () => {
    expect(await refused(ask(`${door}/unasked`, { headers: server.credential }))).toMatchObject({
      status: 403,
      reason: 'forbidden',
    });
    const { token } = await server.cs.createCaller({ kind: 'service' }).scopedToken.issue({
      subjectId: ada.subjectId,
      sessionId: ada.sessionId!,
      scope: { http: { POST: [`/${door}/by-token`] } },
    });
    const headers = { authorization: `Bearer ${token}` };
    expect(await refused(ask(`${door}/unasked`, { headers }))).toMatchObject({
      status: 403,
      reason: 'insufficient_scope',
    });
    const byToken = `${door}/by-token`;
    const id = await grant(byToken, { headers });
    expect(await (await ask(byToken, { headers })).json()).toEqual({ paid: 250_000, by: id });
    expect((await refused(ask(byToken))).status).toBe(401);
  });

  it('says in the log, and not outside, that a route is guarded twice', async () => {
    await grant(`${door}/twice`);
    expect(await refused(ask(`${door}/twice`))).toMatchObject({ status: 500, reason: 'internal' });
    expect(server.log.join('\n')).toContain(`\\"/${door}/twice\\" is guarded twice`);
    // The transaction of the outer guard has taken its consumption back.
    expect((await ask(transfers)).status).toBe(200);
  });
});

/** Sends for as long as the server reads, until it answers. */
async function sendEndless(url: string, headers: Readonly<Record<string, string>>) {
  const sending = httpRequest(url, { method: 'POST', headers });
  sending.on('error', () => undefined); // the server may hang up
  let bytes = 0;
  const chunk = Buffer.alloc(16 * 1024, 'x');
  const write = (): void => {
    bytes += chunk.byteLength;
    if (sending.write(chunk)) setImmediate(write);
    else sending.once('drain', write);
  };
  write();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  sending.destroy();
  return { answer, sentBytes: () => bytes };
}
