import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transferData, transferRequest } from '../support/transfer.ts';
import { openHost, type RestHost } from './open-host.ts';

const scope = { http: { POST: ['/transfers', '/notes'] } };
let sent = 0;

let host: RestHost;
beforeAll(async () => {
  host = await openHost((app, { rest }) => {
    const paid = rest.hono({ pays: { slug: 'transfer', data: (c) => c.req.json() } });
    app.post('/transfers', paid, async (c) => {
      sent += 1;
      const auth = c.get('auth');
      return c.json({ receipts: auth.receipts, body: await c.req.json<unknown>() });
    });
    app.post('/notes', rest.hono(), (c) => c.text('noted'));
  });
});
afterAll(() => host[Symbol.asyncDispose]());

/** A token that carries a granted transfer of Ada's. */
async function payingToken(): Promise<{ token: string; id: string }> {
  const { core, service, outbox } = host.test;
  const { id } = await core.authorizationRequest.create(service, transferRequest);
  const proof = { method: 'otp', code: outbox.codeFor('ada@example.org') };
  await core.authorizationRequest.grant(service, { id, proof });
  return { id, token: await host.issue(scope, { authorizationRequestId: id }) };
}

const post = (path: string, token: string, body: unknown = transferData) =>
  host.send(
    `POST ${path}`,
    { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    JSON.stringify(body),
  );
const reasonOf = ({ body }: { readonly body: string }) => (JSON.parse(body) as { reason: string }).reason;

describe('a route that is paid for', () => {
  it('runs once for a token that carries what was authorized, however many present it at the same time', async () => {
    const { token, id } = await payingToken();
    const before = sent;
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('/transfers', token)));
    const through = answers.filter(({ status }) => status === 200);
    expect(through).toHaveLength(1);
    expect(sent - before).toBe(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(reasonOf))).toEqual(
      new Set(['already_consumed']),
    );
    const { receipts, body } = JSON.parse(through[0]!.body) as { receipts: { id: string }[]; body: unknown };
    expect(receipts).toEqual([expect.objectContaining({ authorizationRequestId: id })]);
    expect(body).toEqual(transferData);
  });

  it('is opened by nothing else, and costs nothing then', async () => {
    const { token } = await payingToken();
    const before = sent;
    expect(reasonOf(await post('/transfers', token, { ...transferData, amountCents: 1 }))).toBe(
      'data_mismatch',
    );
    expect(reasonOf(await post('/transfers', token, { nothing: true }))).toBe('data_mismatch');
    const unpaid = await post('/transfers', await host.issue(scope));
    expect([unpaid.status, reasonOf(unpaid)]).toEqual([403, 'insufficient_scope']);
    const elsewhere = await host.issue({ http: { POST: ['/notes'] } });
    expect((await post('/transfers', elsewhere)).status).toBe(403);
    expect(sent).toBe(before);
    const rejected = async (): Promise<unknown[]> =>
      (await host.test.events(host.test.service, { types: ['scoped_token.rejected'] })).items.map(
        ({ data }) => data,
      );
    await expect
      .poll(rejected)
      .toContainEqual({ reason: 'data_mismatch', type: 'POST', path: '/transfers', times: 1 });
    expect((await post('/transfers', token)).status).toBe(200);
  });
});

it('a route that is paid for cannot be one that strangers pass, and then it never runs', async () => {
  const pays = { slug: 'transfer', data: (): unknown => transferData };
  const passing = { withoutToken: 'pass', pays } as const;
  // @ts-expect-error - who passes has paid nothing
  expect(() => host.rest.hono(passing)).toThrow(TypeError);
  let ran = 0;
  const run = () => {
    ran += 1;
    return new Response();
  };
  const body = JSON.stringify(transferData);
  const { token } = await payingToken();
  for (const headers of [{}, { Authorization: `Bearer ${token}` }]) {
    const request = new Request('http://bank.test/transfers', { method: 'POST', headers, body });
    // @ts-expect-error - who passes has paid nothing
    await expect(host.rest(request, run, passing)).rejects.toThrow(/pays/);
  }
  expect(ran).toBe(0);
  expect((await host.send('POST /transfers', {}, body)).status).toBe(401);
  expect((await post('/transfers', token)).status).toBe(200);
});

it('a token that pays opens no route that is not paid for', async () => {
  const { token } = await payingToken();
  const answer = await post('/notes', token);
  expect([answer.status, reasonOf(answer)]).toEqual([403, 'insufficient_scope']);
  expect((await post('/notes', await host.issue(scope))).body).toBe('noted');
  expect((await post('/transfers', token)).status).toBe(200);
});

it('pays with fetch alone too, and the route reads the same body', async () => {
  await using other = await openHost(() => undefined, {
    answer: (request, rest) =>
      rest(request, async (authorized) => new Response(await authorized.text()), {
        pays: { slug: 'transfer', data: (copy) => copy.json() },
      }),
  });
  const { core, service, outbox } = other.test;
  const { id } = await core.authorizationRequest.create(service, transferRequest);
  const proof = { method: 'otp', code: outbox.codeFor('ada@example.org') };
  await core.authorizationRequest.grant(service, { id, proof });
  const token = await other.issue(scope, { authorizationRequestId: id });
  const send = () =>
    other.send('POST /transfers', { Authorization: `Bearer ${token}` }, JSON.stringify(transferData));
  expect(await send()).toMatchObject({ status: 200, body: JSON.stringify(transferData) });
  expect((await send()).status).toBe(409);
});
