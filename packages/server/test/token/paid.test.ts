import type { Actor } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import type { CountersignContext } from '../../src/index.ts';
import { mutate } from '../support/http.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData, transferRequest } from '../support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });
const t = initTRPC.context<CountersignContext>().create();
const scope = { rpc: { m: ['send', 'sendOther'], q: ['authorizationRequest.get'] } };

let amountCents = 0;

/** A token that carries a granted request of ada’s, a router that it pays in, and how often that was executed. */
async function paying() {
  amountCents += 1;
  const data = { ...transferData, amountCents };
  const { result } = await mutate(shared(), 'authorizationRequest.create', { ...transferRequest, data });
  const { id } = result as { id: string };
  const [message] = shared().inbox.messages('ada@example.org');
  await mutate(shared(), 'authorizationRequest.grant', { id, proof: { method: 'otp', code: message?.code } });
  const issued = await issue(shared(), { scope, authorizationRequestId: id });
  const executed: unknown[] = [];
  const { cs } = shared();
  const router = t.router({
    send: t.procedure
      .input(transfer.data)
      .use(cs.paidBy(transfer))
      .mutation(({ ctx, input }) => {
        executed.push(input);
        return ctx.receipts.length;
      }),
    sendOther: t.procedure.concat(cs.scoped).mutation(() => executed.push('unpaid')),
  });
  const caller = async (token: string) => {
    const request = new Request('http://host.example/', { headers: bearer(token) });
    return router.createCaller(cs.context(await cs.authenticate(request)));
  };
  return { ...issued, data, executed, caller };
}

const reason = (error: unknown) => ({ cause: { reason: error } });

it('a token that carries a granted request pays for one call: of two hundred at the same time one passes', async () => {
  const { token, data, executed, caller } = await paying();
  const calls = await Promise.allSettled(
    Array.from({ length: 200 }, async () => (await caller(token)).send(data)),
  );
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(executed).toEqual([data]);
  const reasons = calls.flatMap((call) =>
    call.status === 'rejected' ? [(call.reason as { cause: { reason: string } }).cause.reason] : [],
  );
  expect(new Set(reasons)).toEqual(new Set(['already_consumed']));
});

it('other data than was granted is refused, and the grant is still there', async () => {
  const { token, data, executed, caller } = await paying();
  const ada = await caller(token);
  await expect(ada.send({ ...data, amountCents: 999_999 })).rejects.toMatchObject(reason('data_mismatch'));
  await expect(ada.send({ ...data, to: 'GB30' })).rejects.toMatchObject(reason('data_mismatch'));
  expect(executed).toEqual([]);
  expect(await ada.send(data)).toBe(1);
});

it('such a token opens nothing else, neither ours nor a procedure that is not paid for; and a token without one pays nothing', async () => {
  const { token, data, executed, caller } = await paying();
  const ada = await caller(token);
  await expect(ada.sendOther()).rejects.toMatchObject(reason('insufficient_scope'));
  const own = shared().cs.context(
    await shared().cs.authenticate(new Request('http://host.example/', { headers: bearer(token) })),
  );
  await expect(
    shared().cs.router.createCaller(own).authorizationRequest.get({ id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' }),
  ).rejects.toMatchObject(reason('insufficient_scope'));
  const plain = await issue(shared(), { scope });
  await expect((await caller(plain.token)).send(data)).rejects.toMatchObject(reason('insufficient_scope'));
  expect(executed).toEqual([]);
});

it('every refusal is written down with its exact reason, for the service and not for the subject', async () => {
  const { id, token, data, caller } = await paying();
  await expect((await caller(token)).send({ ...data, to: 'GB30' })).rejects.toMatchObject(
    reason('data_mismatch'),
  );
  const { core } = shared().cs;
  const rejected = async (actor: Actor) => {
    const { items } = await core.event.list(core.context(actor), { types: ['scoped_token.rejected'] });
    return items.filter(({ about }) => about.id === id).map((event) => event.data);
  };
  await expect
    .poll(() => rejected({ kind: 'service' }), { timeout: 5_000 })
    .toEqual([{ reason: 'data_mismatch', type: 'mutation', path: 'send', times: 1 }]);
  expect(await rejected({ kind: 'subject', subjectId: 'ada', sessionId: null })).toEqual([{}]);
});
