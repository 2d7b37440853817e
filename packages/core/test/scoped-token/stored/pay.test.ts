import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  defineOperation,
  openCore,
  otp,
  type AcceptedToken,
  type TransactionHandle,
} from '../../../src/index.ts';
import { formatId, parseId } from '../../../src/id.ts';
import { attenuateScopedToken } from '../../../src/scoped-token/index.ts';
import { createOutbox, findViolations, openTestCore, type TestCore } from '../../../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData } from '../../fixtures.ts';
import { accept, own } from './present.ts';

const call = { slug: 'transfer', data: transferData };
const altered = { ...transferData, amountCents: 250_001 };

/** A granted request of Ada’s, as the claim of a token. */
async function granted(test: TestCore, changes: Parameters<typeof createTransfer>[1] = {}) {
  const { id, dataHash } = await createTransfer(test, changes);
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  return { id, hash: dataHash };
}

/** A token that carries a granted request. */
async function paying(test: TestCore, changes: Parameters<typeof createTransfer>[1] = {}, more = {}) {
  const request = await granted(test, changes);
  const { token } = await test.core.scopedToken.issue(test.service, {
    ...own,
    authorizationRequestId: request.id,
    ...more,
  });
  return { request, text: token ?? '', accepted: await accept(test, token ?? '') };
}

/** The same with a second request, by a block. */
async function payingTwice(test: TestCore) {
  const { request, text } = await paying(test);
  const second = await granted(test);
  const both = attenuateScopedToken(text, { arq: second });
  return { first: request, second, accepted: await accept(test, both) };
}

const pay = (test: TestCore, accepted: AcceptedToken, more: object = {}, tx?: TransactionHandle) =>
  test.core.scopedToken.pay(
    test.subject('ada'),
    accepted,
    { ...call, ...more },
    tx === undefined ? {} : { tx },
  );

async function consumed({ database }: Pick<TestCore, 'database'>): Promise<number> {
  const { rows } = await database.sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM countersign.authorization_request WHERE consumed_at IS NOT NULL',
  );
  return rows[0]?.n ?? -1;
}

describe('a token that carries a request', () => {
  it('pays for one call with this very data: the receipt of its consumption', async () => {
    await using test = await openTestCore();
    const { request, accepted } = await paying(test);
    expect(await pay(test, accepted)).toEqual([
      {
        authorizationRequestId: request.id,
        slug: 'transfer',
        subjectId: 'ada',
        sessionId: null,
        dataHash: request.hash,
        displayHash: expect.any(String) as string,
        binding: 'server',
        grantedAt: test.clock.now(),
        consumedAt: test.clock.now(),
      },
    ]);
    await expect(pay(test, accepted)).rejects.toMatchObject(refusal('already_consumed'));
    const { items } = await test.events(test.service, { types: ['authorization_request.consumed'] });
    expect(items).toMatchObject([{ about: { id: request.id }, data: { by: 'service' } }]);
    expect(await findViolations(test.database.sql)).toEqual([]);
  });

  it('pays exactly once of 200 calls at the same time, over two processes and many connections', async () => {
    await using test = await openTestCore();
    const other = await openCore({
      database: test.database.url,
      secret: test.secret,
      clock: test.clock,
      methods: [otp({ send: createOutbox().send })],
      migrate: false,
      sweep: false,
    });
    const hosts = new pg.Pool({ connectionString: test.database.url, max: 4 });
    try {
      const { text } = await paying(test);
      const cores = [test.core, other];
      const use = async (turn: number): Promise<string> => {
        const core = cores[turn % 2]!;
        const accepted = await accept({ core }, text);
        const context = core.context({ kind: 'subject', subjectId: 'ada', sessionId: null });
        if (turn % 5 > 0) return await outcome(core.scopedToken.pay(context, accepted, call));
        const client = await hosts.connect();
        try {
          await client.query('BEGIN');
          const paid = await outcome(core.scopedToken.pay(context, accepted, call, { tx: client }));
          await client.query('COMMIT');
          return paid;
        } finally {
          client.release();
        }
      };
      const outcomes = await Promise.all(Array.from({ length: 200 }, (_, turn) => use(turn)));
      const counted = Map.groupBy(outcomes, (name) => name);
      expect(counted.get('paid')).toHaveLength(1);
      expect(counted.get('already_consumed')).toHaveLength(199);
      const { items } = await test.events(test.service, { types: ['authorization_request.consumed'] });
      expect(items).toHaveLength(1);
      expect(await findViolations(test.database.sql)).toEqual([]);
    } finally {
      await hosts.end();
      await other.close();
    }
  });

  it('pays for no other data and no other operation, and is not used up by the attempt', async () => {
    await using test = await openTestCore();
    const { accepted } = await paying(test);
    for (const other of [
      { data: altered },
      { slug: 'payout' },
      { data: undefined },
      { data: { nothing: undefined } },
    ])
      await expect(pay(test, accepted, other)).rejects.toMatchObject(refusal('data_mismatch'));
    expect(await consumed(test)).toBe(0);
    expect(await pay(test, accepted)).toHaveLength(1);
  });

  it('pays for what the operation’s own schema makes of the data, as it was granted', async () => {
    const data = z.strictObject({ to: z.string().trim(), amountCents: z.number().int().default(5) });
    const operation = defineOperation({ slug: 'order', data, title: 'Order', session: 'any' });
    await using test = await openTestCore({ operations: [operation] });
    const changes = { slug: 'order', data: { to: ' GB29 ' }, title: undefined, facts: undefined };
    const { accepted } = await paying(test, changes);
    const order = (given: unknown) => pay(test, accepted, { slug: 'order', data: given });
    await expect(order({ to: 'GB29', amountCents: '5' })).rejects.toMatchObject(refusal('data_mismatch'));
    expect(await order({ to: 'GB29', amountCents: 5 })).toHaveLength(1);
  });

  it('pays for the data as it is given, and not only once the schema has made what was granted of it', async () => {
    const data = z.object({ to: z.string().trim().toLowerCase(), amountCents: z.number().default(5) });
    const operation = defineOperation({ slug: 'order', data, title: 'Order', session: 'any' });
    await using test = await openTestCore({ operations: [operation] });
    const changes = {
      slug: 'order',
      data: { to: 'bob', amountCents: 5 },
      title: undefined,
      facts: undefined,
    };
    const { accepted } = await paying(test, changes);
    const order = (given: unknown) => pay(test, accepted, { slug: 'order', data: given });
    for (const given of [
      { to: ' BOB ', amountCents: 5 },
      { to: 'bob', amountCents: 5, alsoTo: 'mallory' },
      { to: 'bob', amountCents: 5, instantly: null },
      { to: 'bob' },
    ])
      await expect(order(given), JSON.stringify(given)).rejects.toMatchObject(refusal('data_mismatch'));
    expect(await consumed(test)).toBe(0);
    expect(await order({ amountCents: 5, to: 'bob' })).toHaveLength(1);
  });

  it('pays with what the claim says, not with what the request has become', async () => {
    await using test = await openTestCore();
    const request = await granted(test);
    const { token } = await test.core.scopedToken.issue(test.service, own);
    const lying = attenuateScopedToken(token ?? '', { arq: { ...request, hash: 'A'.repeat(43) } });
    await expect(pay(test, await accept(test, lying))).rejects.toMatchObject(refusal('data_mismatch'));
    const foreign = await createTransfer(test, { subjectId: 'bob' });
    await test.core.authorizationRequest.grant(test.service, {
      id: foreign.id,
      proof: rightProof(test, 'bob'),
    });
    const stolen = attenuateScopedToken(token ?? '', { arq: { ...request, id: foreign.id } });
    await expect(pay(test, await accept(test, stolen))).rejects.toMatchObject(refusal('not_found'));
    expect(await consumed(test)).toBe(0);
  });

  it('pays from the session the request is bound to, and from no other', async () => {
    await using test = await openTestCore();
    const bound = await granted(test, { sessionId: 's1' });
    const withSession = async (sessionId: string | undefined) => {
      const { token } = await test.core.scopedToken.issue(test.service, {
        ...own,
        ...(sessionId !== undefined && { sessionId }),
      });
      return await accept(test, attenuateScopedToken(token ?? '', { arq: bound }));
    };
    for (const other of ['s2', undefined])
      await expect(pay(test, await withSession(other))).rejects.toMatchObject(refusal('not_found'));
    expect(await pay(test, await withSession('s1'))).toMatchObject([{ sessionId: 's1' }]);
  });

  it('pays before the end of the execution window, and not when the request was not granted', async () => {
    await using test = await openTestCore();
    const { accepted } = await paying(test);
    const waiting = await createTransfer(test);
    const { token } = await test.core.scopedToken.issue(test.service, own);
    const unpaid = attenuateScopedToken(token ?? '', { arq: { id: waiting.id, hash: waiting.dataHash } });
    await expect(pay(test, await accept(test, unpaid))).rejects.toMatchObject(
      refusal('not_granted', { state: 'waiting' }),
    );
    test.clock.advance(300);
    await expect(pay(test, accepted)).rejects.toMatchObject(refusal('execution_window_passed'));
    expect(await consumed(test)).toBe(0);
  });

  it('is refused at the door once what it carries was revoked', async () => {
    await using test = await openTestCore();
    const { request, text, accepted } = await paying(test);
    await test.database.sql.query(
      `INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
       VALUES (gen_random_uuid(), 'arq', $1, now() + interval '1 day', now(), 'service')`,
      [request.id],
    );
    const { verifier } = test.core.scopedToken;
    const refused = async () => !(await verifier.verify(text, { carrier: 'h' })).ok;
    while (!(await refused())) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await verifier.recheck(accepted)).toMatchObject({ ok: false, reason: 'revoked' });
  });

  it('of a device pays for nothing: a device never consumes', async () => {
    await using test = await openTestCore();
    const sessionId = formatId('factor', '0198f000-0000-7000-8000-000000000001');
    const { accepted } = await paying(test, {}, { sessionId });
    await expect(pay(test, accepted)).rejects.toMatchObject(refusal('forbidden'));
    expect(await consumed(test)).toBe(0);
  });
});

it('a token that carries no request pays for nothing, and nothing is asked', async () => {
  await using test = await openTestCore();
  const { token } = await test.core.scopedToken.issue(test.service, own);
  expect(await pay(test, await accept(test, token ?? ''))).toEqual([]);
});

describe('a token that carries several requests', () => {
  it('pays with all of them', async () => {
    await using test = await openTestCore();
    const { first, second, accepted } = await payingTwice(test);
    const receipts = await pay(test, accepted);
    expect(receipts.map(({ authorizationRequestId }) => authorizationRequestId).sort()).toEqual(
      [first.id, second.id].sort(),
    );
    expect(await consumed(test)).toBe(2);
  });

  it.each(['first', 'second'] as const)(
    'uses none of them when the %s one cannot pay, in its own transaction and in the host’s',
    async (which) => {
      await using test = await openTestCore();
      const requests = await payingTwice(test);
      await test.core.authorizationRequest.consume(test.service, {
        ...call,
        id: requests[which].id,
        subjectId: 'ada',
      });
      const { accepted } = requests;
      await expect(pay(test, accepted)).rejects.toMatchObject(refusal('already_consumed'));
      expect(await consumed(test)).toBe(1);
      const client = await test.database.sql.connect();
      await client.query('BEGIN');
      await expect(pay(test, accepted, {}, client)).rejects.toMatchObject(refusal('already_consumed'));
      await client.query('COMMIT'); // a host that goes on all the same
      client.release();
      expect(await consumed(test)).toBe(1);
    },
  );

  it('uses none of them for data that only one of them was granted for', async () => {
    await using test = await openTestCore();
    const { text } = await paying(test);
    const other = await granted(test, { data: altered });
    const accepted = await accept(test, attenuateScopedToken(text, { arq: other }));
    for (const data of [transferData, altered])
      await expect(pay(test, accepted, { data })).rejects.toMatchObject(refusal('data_mismatch'));
    expect(await consumed(test)).toBe(0);
  });

  it('uses none of them when one of its claims says another hash, though both requests were granted for this data', async () => {
    await using test = await openTestCore();
    const { text } = await paying(test);
    const second = await granted(test);
    const arq = { ...second, hash: 'A'.repeat(43) };
    const accepted = await accept(test, attenuateScopedToken(text, { arq }));
    await expect(pay(test, accepted)).rejects.toMatchObject(refusal('data_mismatch'));
    expect(await consumed(test)).toBe(0);
  });

  it('carries one of them twice, and pays with it once', async () => {
    await using test = await openTestCore();
    const { request, text } = await paying(test);
    const accepted = await accept(test, attenuateScopedToken(text, { arq: request }));
    expect(await pay(test, accepted)).toHaveLength(1);
  });

  it('pays once of 60 calls at the same time, whichever of two tokens has them in which order', async () => {
    await using test = await openTestCore();
    const tokens = await inBothOrders(test);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, turn) => outcome(pay(test, tokens[turn % 2]!.accepted))),
    );
    expect(outcomes.filter((name) => name === 'paid')).toHaveLength(1);
    expect(outcomes.filter((name) => name === 'already_consumed')).toHaveLength(59);
    expect(await findViolations(test.database.sql)).toEqual([]);
  });

  it('takes them in one order, so that two tokens with the same requests never wait for each other', async () => {
    await using test = await openTestCore();
    const [rising, falling] = await inBothOrders(test);
    const client = await test.database.sql.connect();
    await client.query('BEGIN');
    const lowest = parseId('authorizationRequest', rising.requests[0]!.id);
    await client.query('SELECT FROM countersign.authorization_request WHERE id = $1 FOR UPDATE', [lowest]);
    const waiting = async (n: number) => {
      for (;;) {
        const { rows } = await test.database.sql.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        if (rows.length >= n) return;
      }
    };
    const first = outcome(pay(test, rising.accepted));
    await waiting(1);
    const second = outcome(pay(test, falling.accepted));
    await waiting(2);
    await client.query('COMMIT');
    client.release();
    expect([await first, await second].sort()).toEqual(['already_consumed', 'paid']);
  });
});

/** Two tokens that carry the same two requests: by rising ids, and by falling ones. */
async function inBothOrders(test: TestCore) {
  const requests = [await granted(test), await granted(test)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const { token } = await test.core.scopedToken.issue(test.service, own);
  const carrying = async (all: readonly { id: string; hash: string }[]) => ({
    requests: all,
    accepted: await accept(
      test,
      all.reduce((text, arq) => attenuateScopedToken(text, { arq }), token ?? ''),
    ),
  });
  return [await carrying(requests), await carrying(requests.toReversed())] as const;
}

it('what a host writes and what it pays with commit together, or not at all', async () => {
  await using test = await openTestCore();
  const { accepted } = await paying(test);
  const client = await test.database.sql.connect();
  await client.query('BEGIN');
  expect(await pay(test, accepted, {}, client)).toHaveLength(1);
  await client.query('ROLLBACK');
  expect(await consumed(test)).toBe(0);
  await expect(pay(test, accepted, {}, client)).rejects.toMatchObject(refusal('transaction_required'));
  client.release();
  expect(await pay(test, accepted)).toHaveLength(1);
});

async function outcome(payment: Promise<readonly unknown[]>): Promise<string> {
  return await payment.then(
    (receipts) => (receipts.length > 0 ? 'paid' : 'unpaid'),
    (error: unknown) => (error as { reason?: string }).reason ?? String(error),
  );
}
