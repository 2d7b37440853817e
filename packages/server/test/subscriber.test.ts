import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { SettingsError, type CountersignEvent, type SubscriberOptions } from '../src/index.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { openLedger, Payment } from './guard/bank.ts';
import { transfer, transferData, transferRequest } from './support/transfer.ts';

async function grantOne(server: TestServer, subjectId: string): Promise<string> {
  const caller = server.cs.createCaller({ kind: 'service' });
  const { id } = await caller.authorizationRequest.create({ ...transferRequest, subjectId });
  await caller.authorizationRequest.grant({
    id,
    proof: { method: 'otp', code: server.inbox.messages()[0]!.code },
  });
  return id;
}

interface Tables {
  readonly 'bank.payment': Record<string, unknown>;
}

const paymentOf = ({ request }: CountersignEvent) => ({
  id: randomUUID(),
  to: 'GB29',
  amountCents: 1,
  authorizationRequestId: String(request?.id),
});

describe('a durable subscriber of a host', () => {
  it('is given each event with its request, in the order of the log, and writes by a client of ours', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    await using ledger = await openLedger(server);
    server.cs.subscriber({
      name: 'ledger',
      on: {
        'authorization_request.granted': async (event, { tx, attempt, signal }) => {
          expectTypeOf(event.data.binding).toEqualTypeOf<'none' | 'server' | 'cryptographic'>();
          expect([event.request?.state, event.request?.data, attempt, signal.aborted]).toEqual([
            'granted',
            transferData,
            1,
            false,
          ]);
          const { id, to, amountCents, authorizationRequestId } = paymentOf(event);
          await tx.query('INSERT INTO bank.payment VALUES ($1, $2, $3, $4)', [
            id,
            to,
            amountCents,
            authorizationRequestId,
          ]);
        },
      },
    });
    const ids = [await grantOne(server, 'ada'), await grantOne(server, 'bob')];
    await vi.waitFor(async () => expect(await ledger.payments()).toHaveLength(2));
    expect((await ledger.payments()).map(({ authorizationRequestId }) => authorizationRequestId)).toEqual(
      ids,
    );
  });

  it.each(['entity manager', 'kysely'])(
    'writes in a transaction of its own %s: what fails after it wrote took no effect, and then one',
    async (kind) => {
      await using server = await startTestServer({ operations: { transfer } });
      await using ledger = await openLedger(server);
      const kysely = new Kysely<Tables>({
        dialect: new PostgresDialect({
          pool: new pg.Pool({ connectionString: server.database.url, max: 3 }),
        }),
      });
      const told = vi.fn<(attempt: number) => void>();
      function tryTwice(attempt: number): void {
        told(attempt);
        if (attempt === 1) throw new Error('after it was written');
      }
      const ofManager: SubscriberOptions<typeof ledger.orm.em> = {
        name: 'ledger',
        em: ledger.orm.em,
        on: {
          'authorization_request.granted': async (event, { tx, attempt }) => {
            tx.create(Payment, paymentOf(event));
            await tx.flush();
            tryTwice(attempt);
          },
        },
      };
      if (kind === 'entity manager') server.cs.subscriber(ofManager);
      else
        server.cs.subscriber<Transaction<Tables>>({
          name: 'ledger',
          transaction: (run) => kysely.transaction().execute(run),
          on: {
            'authorization_request.granted': async (event, { tx, attempt }) => {
              const { id, to, amountCents, authorizationRequestId } = paymentOf(event);
              const values = {
                id,
                to,
                amount_cents: amountCents,
                authorization_request_id: authorizationRequestId,
              };
              await tx.insertInto('bank.payment').values(values).execute();
              tryTwice(attempt);
            },
          },
        });
      const id = await grantOne(server, 'ada');
      await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
      expect(await ledger.payments()).toEqual([]);
      server.clock.advance(1);
      await vi.waitFor(async () => expect(await ledger.payments()).toHaveLength(1), 5000);
      expect(await ledger.payments()).toMatchObject([{ authorizationRequestId: id }]);
      expect(told.mock.calls).toEqual([[1], [2]]);
      await kysely.destroy();
    },
  );

  it('that has failed too often is seen by operators over the wire, and resumed by them', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const broken = { is: true };
    const handled = vi.fn<() => void>();
    server.cs.subscriber({
      name: 'ledger',
      attemptsMax: 1,
      on: {
        'authorization_request.granted': () => {
          if (broken.is) throw new TypeError('of the host');
          handled();
        },
      },
    });
    await grantOne(server, 'ada');
    const operator = server.cs.createCaller({ kind: 'operator' }).operator;
    await vi.waitFor(async () =>
      expect((await operator.subscribers({})).items.find(({ name }) => name === 'ledger')).toMatchObject({
        state: 'parked',
        failures: 1,
        failure: expect.stringMatching(/^TypeError /) as string,
      }),
    );
    broken.is = false;
    expect(await operator.resumeSubscriber({ name: 'ledger' })).toMatchObject({ state: 'active' });
    await vi.waitFor(() => expect(handled).toHaveBeenCalledTimes(1), 5000);
  });

  it('is refused with every wrong option named at once', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const wrong = () =>
      server.cs.subscriber({
        name: 'countersign.relay',
        on: {},
        batchSizeMax: 0,
        timeoutSeconds: 61,
        retries: 3,
      } as never);
    expect(wrong).toThrow(SettingsError);
    expect(wrong).toThrow(
      /name +expected .*\n +on +expected .*\n +batchSizeMax +expected .*\n +timeoutSeconds +expected .*\n +retries +expected no such setting/,
    );
    const misspelt = () =>
      server.cs.subscriber({ name: 'x', on: { 'authorization_request.approved': () => undefined } } as never);
    expect(misspelt).toThrow(/expected/);
  });

  it('ends with the server: the batch in progress is finished, and none begins', async () => {
    const server = await startTestServer({ operations: { transfer } });
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const finished = vi.fn<() => void>();
    server.cs.subscriber({
      name: 'ledger',
      on: {
        'authorization_request.granted': async () => {
          begin();
          await new Promise((resolve) => setTimeout(resolve, 50));
          finished();
        },
      },
    });
    await grantOne(server, 'ada');
    await began;
    await server[Symbol.asyncDispose]();
    expect(finished).toHaveBeenCalledTimes(1);
  });
});
