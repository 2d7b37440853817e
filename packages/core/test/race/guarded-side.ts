import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import {
  CountersignError,
  defineOperation,
  openCore,
  otp,
  type Actor,
  type Core,
  type TransactionHandle,
} from '../../src/index.ts';
import { rightCode } from './call.ts';
import { openHosts, type HostName, type Hosts } from './hosts.ts';
import type { OpenSide, SideSettings } from './open-side.ts';

/** A call of a host's that is guarded. */
export interface GuardedAttempt {
  /** What its row in the ledger is called. */
  readonly call: string;
  readonly data: unknown;
  /** Whose transaction it runs in; null: none, so that the consumption commits first. */
  readonly host: HostName | null;
  /** What becomes of it when it is authorized and has written. A process that dies takes its connection with it. */
  readonly fate: Fate;
}

export type Fate = 'commit' | 'rollback' | 'killed';

const guardedTransfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int() }),
  title: 'Transfer money',
});

/** Core with the operation that the guard is for. */
export async function openGuardedCore({
  databaseUrl,
  secret,
  connections,
  now,
  sent,
}: Omit<SideSettings, 'side'>): Promise<Core> {
  return await openCore({
    database: { clientUrl: databaseUrl, pool: { max: connections } },
    secret,
    clock: { now },
    methods: [
      otp({
        send: async ({ to, idempotencyKey }) => sent({ to, key: idempotencyKey }),
        generate: () => rightCode,
      }),
    ],
    operations: [guardedTransfer],
    migrate: false,
    sweep: false,
  });
}

/** A host's process, whose `consume` is a guarded call: the grant is found by whose, in which session, for which values. */
export async function openGuardedSide(settings: SideSettings): Promise<OpenSide> {
  const core = await openGuardedCore(settings);
  const hosts = await openHosts(settings.databaseUrl, settings.connections);
  const sql = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.connections });
  return {
    async run(command, input, actor) {
      if (command === 'consume')
        return await callGuarded({ core, hosts, sql }, input as GuardedAttempt, actor);
      if (command === 'sweep') throw new Error('the guarded side does not sweep');
      return await core.authorizationRequest[command](core.context(actor), input as never);
    },
    async close() {
      await Promise.all([core.close(), hosts[Symbol.asyncDispose](), sql.end()]);
    },
  };
}

interface Host {
  readonly core: Core;
  readonly hosts: Hosts;
  readonly sql: pg.Pool;
}

async function callGuarded({ core, hosts, sql }: Host, attempt: GuardedAttempt, actor: Actor) {
  const { guard } = core;
  const context = core.context(actor);
  const guarded = guard.call(context, { operation: guardedTransfer, data: attempt.data });
  let used = '';
  const take = async (tx?: TransactionHandle): Promise<void> => {
    const authorization = await guard.take(context, guarded, { tx });
    if (authorization === null) throw new CountersignError('authorization_required');
    used = authorization.id;
    if (tx !== undefined && attempt.fate === 'killed') dying = tx;
  };
  let dying: TransactionHandle | null = null;
  if (attempt.host === null) {
    await take();
    await sql.query('INSERT INTO ledger (request_id, amount_cents) VALUES ($1, 1)', [attempt.call]);
  } else {
    await hosts.pay[attempt.host]({
      id: attempt.call,
      amountCents: 1,
      consume: take,
      async between() {
        if (dying) await die(dying);
        if (attempt.fate === 'rollback') throw new Error('the host has changed its mind');
      },
    });
  }
  return { used };
}

/** Ends the connection under its transaction. */
async function die(tx: TransactionHandle): Promise<void> {
  const text = 'SELECT pg_terminate_backend(pg_backend_pid())';
  if ('executeQuery' in tx) await tx.executeQuery(CompiledQuery.raw(text));
  else if ('query' in tx) await tx.query(text);
}
