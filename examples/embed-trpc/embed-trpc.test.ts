import { reasonOf } from '@countersign/client';
import { TRPCClientError } from '@trpc/client';
import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sendByPg } from './host/send-by-pg.ts';
import { Account } from './host/ledger.ts';
import type { AppRouter } from './host/router.ts';
import { openTestBank, type SignedIn, type TestBank } from './support/open-test-bank.ts';

let open: TestBank;
beforeAll(async () => {
  open = await openTestBank();
});
afterAll(() => open[Symbol.asyncDispose]());

beforeEach(() => open.resetAccounts());

const transfer = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

async function asked(ada: SignedIn, data = transfer): Promise<string> {
  return (await ada.app.bank.ask.mutate(data)).id;
}

async function answered({ countersign }: SignedIn, id: string): Promise<void> {
  const proof = { method: 'otp', code: open.newestCode('ada') } as const;
  expect(await countersign.authorizationRequest.grant({ id, proof })).toMatchObject({ granted: true });
}

async function balance({ app }: SignedIn): Promise<number> {
  return (await app.bank.account.query()).balanceCents;
}

const reason = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'none', reasonOf);

describe('a bank with Countersign in its router', () => {
  it('lets money leave once, for exactly what its owner has granted', async () => {
    const ada = await open.signIn('ada');
    const id = await asked(ada);
    const request = await ada.countersign.authorizationRequest.get({ id });
    expect(request.facts).toEqual([
      { label: 'To', value: transfer.to },
      { label: 'Amount', value: '€2,500.00' },
    ]);
    const granted = request.granted();
    expect(await reason(ada.app.bank.send.mutate({ id, ...transfer }))).toBe('not_granted');
    await answered(ada, id);
    const { state, grantedAt } = await granted;
    expect(state).toBe('granted');
    expect(grantedAt).toBeInstanceOf(Date);

    const altered = { ...transfer, amountCents: 990_000 };
    expect(await reason(ada.app.bank.send.mutate({ id, ...altered }))).toBe('data_mismatch');
    expect(await balance(ada)).toBe(1_000_000);
    const sendings = Array.from({ length: 8 }, () => reason(ada.app.bank.send.mutate({ id, ...transfer })));
    const refusals = (await Promise.all(sendings)).filter((refused) => refused !== 'none');
    expect(refusals).toEqual(Array.from({ length: 7 }, () => 'already_consumed'));
    expect(await balance(ada)).toBe(750_000);
  });

  it('keeps the grant when its own write fails: both happen, or neither', async () => {
    const ada = await open.signIn('ada');
    const id = await asked(ada);
    await answered(ada, id);
    await open.bank.ledger.em.fork().nativeUpdate(Account, { owner: 'ada' }, { balanceCents: 1 });
    await expect(ada.app.bank.send.mutate({ id, ...transfer })).rejects.toThrow(
      'not that much in the account',
    );
    await open.bank.ledger.em.fork().nativeUpdate(Account, { owner: 'ada' }, { balanceCents: 300_000 });
    await ada.app.bank.send.mutate({ id, ...transfer });
    expect(await balance(ada)).toBe(50_000);
  });

  it('does the same with a pg client', async () => {
    const ada = await open.signIn('ada');
    const pool = new pg.Pool({ connectionString: open.database });
    try {
      const id = await asked(ada);
      await answered(ada, id);
      const { subjectId, sessionId } = await ada.countersign.authorizationRequest.get({ id });
      const send = (data: typeof transfer) =>
        sendByPg({ cs: open.bank.cs, pool }, { subjectId, sessionId: sessionId! }, id, data);
      await expect(send({ ...transfer, amountCents: 1 })).rejects.toMatchObject({ reason: 'data_mismatch' });
      await open.bank.ledger.em.fork().nativeUpdate(Account, { owner: 'ada' }, { balanceCents: 1 });
      await expect(send(transfer)).rejects.toThrow('account_balance_cents_check');
      await open.bank.ledger.em.fork().nativeUpdate(Account, { owner: 'ada' }, { balanceCents: 300_000 });
      await send(transfer);
      await expect(send(transfer)).rejects.toMatchObject({ reason: 'already_consumed' });
      expect(await balance(ada)).toBe(50_000);
    } finally {
      await pool.end();
    }
  });

  it('shows a request to the session that asked, and to nobody else', async () => {
    const ada = await open.signIn('ada');
    const id = await asked(ada);
    for (const other of [await open.signIn('grace'), await open.signIn('ada')]) {
      expect(await reason(other.countersign.authorizationRequest.get({ id }))).toBe('not_found');
      expect(await reason(other.app.bank.send.mutate({ id, ...transfer }))).toBe('not_found');
    }
  });

  it('answers refusals alike in procedures of both, whatever its own formatter does', async () => {
    const { app } = await open.signIn('ada');
    const unknown = { id: 'areq_none' };
    for (const call of [
      app.countersign.authorizationRequest.get.query(unknown),
      app.bank.send.mutate({ ...unknown, ...transfer }),
    ]) {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TRPCClientError);
      expect(error).toMatchObject({
        message: 'There is nothing here by that id.',
        data: { code: 'NOT_FOUND', httpStatus: 404, reason: 'not_found' },
      });
      expect(JSON.stringify((error as TRPCClientError<AppRouter>).data)).not.toContain('stack');
    }
    const nobody = await fetch(`${open.url}/trpc/countersign.authorizationRequest.list`);
    expect(await nobody.json()).toMatchObject({
      error: { data: { code: 'UNAUTHORIZED', reason: 'unauthenticated' } },
    });
  });

  it.each(['websocket', 'sse'] as const)(
    'ends the streams of a session with the session, over %s',
    async (transport) => {
      const ada = await open.signIn('ada', transport);
      const id = await asked(ada);
      const request = await ada.countersign.authorizationRequest.get({ id });
      const events = request.watch()[Symbol.asyncIterator]();
      expect(await events.next()).toMatchObject({ value: { type: 'authorization_request.snapshot' } });
      const next = events.next();
      await ada.signOut();
      expect(await reason(next)).toBe('unauthenticated');
    },
  );
});

it('keeps MikroORM’s schema generator away from Countersign’s tables', async () => {
  const sql = await open.bank.ledger.schema.getUpdateSchemaSQL();
  expect(sql).toContain('account');
  expect(sql).not.toContain('countersign');
});

describe('a page of somebody else’s', () => {
  it('opens no WebSocket with the cookie of a customer', async () => {
    const { cookie } = await open.signIn('ada');
    for (const origin of ['https://evil.example', 'null', `${open.url}.evil.example`, undefined]) {
      const socket = new WebSocket(`${open.url.replace('http', 'ws')}/trpc`, {
        headers: { cookie, ...(origin === undefined ? {} : { origin }) },
      });
      await expect(once(socket, 'open')).rejects.toThrow('403');
    }
  });

  it('changes nothing with the cookie of a customer', async () => {
    const { cookie } = await open.signIn('ada');
    const send = (origin: string) =>
      fetch(`${open.url}/trpc/bank.ask`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json' },
        body: JSON.stringify(transfer),
      });
    expect((await send('https://evil.example')).status).toBe(403);
    expect((await send(open.url)).status).toBe(200);
  });
});

it('answers an address and a Host header that no URL can have, and goes on', async () => {
  const port = Number(new URL(open.url).port);
  for (const upgrade of ['', `Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${open.url}\r\n`]) {
    for (const [path, host] of [
      ['//', 'localhost'],
      ['/trpc', 'a b:c'],
    ] as const) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(String(answer)).toMatch(/^HTTP\/1\.1 40[03] /);
      socket.destroy();
    }
  }
  expect((await fetch(open.url)).status).toBe(200);
});
