import { defineOperation } from '@countersign/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Countersign } from '../../src/index.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mailedCodes, refusalOf } from './approve.ts';
import { openLedger, type Ledger } from './bank.ts';
import { claimedRequest } from './planted/claimed-request.ts';
import { committedFailure } from './planted/committed-failure.ts';
import { pay, t, type HostContext, type Session, type Transfer } from './planted/host.ts';
import { nullSession } from './planted/null-session.ts';
import { readTwice } from './planted/read-twice.ts';
import { runThenConsumed } from './planted/run-then-consumed.ts';
import { sessionFlag } from './planted/session-flag.ts';

/** Whom a name stands for changes each time that somebody looks. */
let looked = 0;
const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({
    to: z.string().transform((to) => {
      if (to !== 'my landlord') return to;
      looked += 1;
      return looked % 2 === 1 ? 'landlord' : 'mallory';
    }),
    amountCents: z.number().int().positive(),
  }),
  title: 'Transfer money',
});

const ours = (cs: Countersign) => t.procedure.concat(cs.guard(transfer)).mutation(pay);
const naive = {
  claimedRequest,
  committedFailure,
  nullSession,
  readTwice: (cs: Countersign) => readTwice(cs, transfer),
  runThenConsumed,
  sessionFlag,
};
type OpenGuard = typeof ours | (typeof naive)[keyof typeof naive];

const { method, approve } = mailedCodes();
let server: TestServer;
let ledger: Ledger;
beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations: { transfer } });
  ledger = await openLedger(server);
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Everybody is somebody new, so that tests do not see each other. */
let count = 0;
let ada: HostContext['actor'];
let data: Transfer;
beforeEach(() => {
  count += 1;
  looked = 0;
  ada = { kind: 'subject', subjectId: `ada-${count}`, sessionId: `session-${count}` };
  data = { to: `GB${count}`, amountCents: 250_000 };
});

/** A bank behind this guard; who calls, and by what session of the host. */
function bankBehind(open: OpenGuard) {
  const router = t.router({ transfer: open(server.cs) });
  const sessions = new Map<string, Session>();
  return (input: Transfer, more: Partial<HostContext> = {}) => {
    const actor = more.actor ?? ada;
    const key = `${actor.subjectId} ${actor.sessionId}`;
    const session = sessions.get(key) ?? { asked: new Map<string, string>() };
    sessions.set(key, session);
    return router
      .createCaller({ ...server.cs.context(actor), em: ledger.orm.em.fork(), actor, session, ...more })
      .transfer(input);
  };
}

/** Whether it ran. */
const ran = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );
const payments = async (to = data.to) => (await ledger.payments()).filter((one) => one.to === to).length;

/** A call that was asked for and approved, so that the next one like it runs. */
async function approved(call: ReturnType<typeof bankBehind>, input = data, actor = ada) {
  const { request } = await refusalOf(call(input, { actor }));
  await approve(server.cs, actor, request);
  return request;
}

describe('a resolver that fails after it has written', () => {
  /** What is left of it. */
  async function attack(open: OpenGuard): Promise<number> {
    const call = bankBehind(open);
    await approved(call);
    const failing = call(data, {
      afterwards: () => {
        throw new Error('the payee is closed');
      },
    });
    await expect(failing).rejects.toThrow('the payee is closed');
    return await payments();
  }

  it('has paid all the same where a transaction is put around next(), which does not throw', async () => {
    expect(await attack(naive.committedFailure)).toBe(1);
  });

  it('has left nothing behind ours', async () => {
    expect(await attack(ours)).toBe(0);
  });
});

describe('ten calls at once with one grant', () => {
  async function attack(open: OpenGuard): Promise<number> {
    const call = bankBehind(open);
    await approved(call);
    await Promise.all(Array.from({ length: 10 }, () => ran(call(data))));
    return await payments();
  }

  it('pay more than once where the grant is used after the run (bug 4)', async () => {
    expect(await attack(naive.runThenConsumed)).toBeGreaterThan(1);
  });

  it('pay once behind ours', async () => {
    expect(await attack(ours)).toBe(1);
  });
});

describe('after a small transfer that was authorized, a large one to somebody else', () => {
  async function attack(open: OpenGuard): Promise<boolean> {
    const call = bankBehind(open);
    await approved(call);
    await call(data);
    return await ran(call({ to: 'mallory', amountCents: 99_000_000 }));
  }

  it('runs where the session is marked as authorized for a while (bugs 16, 21)', async () => {
    expect(await attack(naive.sessionFlag)).toBe(true);
  });

  it('does not run behind ours', async () => {
    expect(await attack(ours)).toBe(false);
  });
});

describe('a payee whose name stands for somebody else at the second look', () => {
  /** Who was authorized, and who was paid when it ran. */
  async function attack(open: OpenGuard): Promise<{ authorized: unknown; paid: readonly string[] }> {
    const call = bankBehind(open);
    const input = { ...data, to: 'my landlord' };
    const { data: shown } = await approved(call, input);
    const before = await payments('mallory');
    const paid: string[] = [];
    // An attacker tries until the looks fall as they should.
    for (let look = 0; look < 2; look += 1) {
      looked = look;
      const answer = await call(input).catch(() => null);
      if (answer !== null) paid.push(answer.to);
    }
    expect(await payments('mallory')).toBe(before + paid.filter((to) => to === 'mallory').length);
    return { authorized: (shown as Transfer).to, paid };
  }

  it('is paid where the input is read once more for the resolver (bug 21)', async () => {
    expect(await attack(naive.readTwice)).toEqual({ authorized: 'landlord', paid: ['mallory'] });
  });

  it('is not paid behind ours: what was authorized is', async () => {
    expect(await attack(ours)).toEqual({ authorized: 'landlord', paid: ['landlord'] });
  });
});

describe('a call without a session, after another one without a session was approved', () => {
  async function attack(open: OpenGuard): Promise<boolean> {
    const call = bankBehind(open);
    const nowhere = { ...ada, sessionId: null };
    const { request } = await refusalOf(call(data, { actor: nowhere }));
    if (request !== undefined) await approve(server.cs, { kind: 'service' }, request);
    // From elsewhere: the host keeps nothing of the first call for the second.
    return await ran(call(data, { actor: nowhere, session: { asked: new Map() } }));
  }

  it('runs where null equals null (bug 48)', async () => {
    expect(await attack(naive.nullSession)).toBe(true);
  });

  it('does not run behind ours', async () => {
    expect(await attack(ours)).toBe(false);
  });
});

describe('a call that names the grant it wants to run by', () => {
  /** What it may be of, though it is not for this call. */
  async function attack(open: OpenGuard): Promise<string[]> {
    const taken: string[] = [];
    for (const [name, of, input] of [
      ['another subject', { ...ada, subjectId: `grace-${count}` }, data],
      ['another session', { ...ada, sessionId: 'another' }, data],
      ['other data', ada, { ...data, amountCents: 1 }],
    ] as const) {
      const call = bankBehind(open);
      const { id } = await approved(call, input, of);
      if (await ran(call(data, { claimed: id }))) taken.push(name);
    }
    return taken;
  }

  it('runs by the grant of another subject, another session and other data where it is believed (bugs 21, 49)', async () => {
    expect(await attack(naive.claimedRequest)).toEqual(['another subject', 'another session', 'other data']);
  });

  it('runs by none of them behind ours', async () => {
    expect(await attack(ours)).toEqual([]);
  });
});
