import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../testing/invariants.ts';
import { createRandom } from '../../testing/random.ts';
import type { Actor, Core } from '../../src/index.ts';
import { core, openArena, type Arena } from './arena.ts';
import { consumeCall } from './attack/consume.ts';
import { guard, guardedCall, openGrants, settle, somebody } from './attack/guarded.ts';
import type { Asked } from './attack/open-request.ts';
import { rightCode, tally, type Outcome } from './call.ts';
import { openGuardedCore, type Fate } from './guarded-side.ts';
import { hostNames, plantLedger, type HostName } from './hosts.ts';
import { look, uuidOf } from './look.ts';

/** Longer ago than any window in these tests is long, so that nothing here is in the future. */
const past = Date.now() - 3_600_000;
const windowMs = 300_000;

let arena: Arena;
/** In this process, with the operation that is guarded. */
let here: Core;
beforeAll(async () => {
  arena = await openArena({ connections: 5 });
  await plantLedger(arena.sql);
  const { databaseUrl, secret } = arena;
  here = await openGuardedCore({
    databaseUrl,
    secret,
    connections: 5,
    now: () => new Date(),
    sent: () => undefined,
  });
  // So that starting the processes is no part of any race.
  await Promise.all([arena.race(guard, []), arena.race(core, [])]);
});
afterAll(async () => {
  await here.close();
  await arena[Symbol.asyncDispose]();
});

const service: Actor = { kind: 'service' };
const times = <Made>(number: number, make: (index: number) => Made): Made[] =>
  Array.from({ length: number }, (_, index) => make(index));

/** That the tables say of these grants what was answered, and hold every invariant. */
async function expectSettled(
  asked: Asked,
  ids: readonly string[],
  outcomes: readonly Outcome[],
  ran: number,
): Promise<void> {
  const settled = await settle(arena, asked, ids, outcomes);
  expect(settled).toMatchObject({ ran, paid: ran, used: ran, logged: ran, gaps: 0 });
  expect(await findViolations(arena.sql, { now: new Date() })).toEqual([]);
}

it.each<{ name: string; host: HostName | null }>([
  { name: 'no transaction of the host', host: null },
  ...hostNames.map((host) => ({ name: `a transaction by its ${host}`, host })),
])(
  'of two hundred guarded calls at once from four processes, with $name, one grant runs one',
  async ({ host }) => {
    const asked = somebody();
    const ids = await openGrants(arena, asked);
    const { outcomes } = await arena.race(
      guard,
      times(200, () => guardedCall(asked, { host })),
    );
    expect(tally(outcomes)).toEqual({ done: 1, authorization_required: 199 });
    await expectSettled(asked, ids, outcomes, 1);
  },
  30_000,
);

it('a grant that was given back by a rollback or a dead connection runs one call after all, of two hundred at once', async () => {
  const random = createRandom(0x5eed);
  for (const host of ['pg client', 'kysely', 'entity manager'] as const) {
    // MikroORM keeps a connection that died in a transaction checked out for ever: the host's loss, not ours.
    const fates: readonly Fate[] =
      host === 'entity manager' ? ['commit', 'rollback', 'rollback'] : ['commit', 'rollback', 'killed'];
    const asked = somebody();
    const ids = await openGrants(arena, asked);
    const { outcomes } = await arena.race(
      guard,
      times(200, () => guardedCall(asked, { host, fate: random.pick(fates) })),
    );
    await expectSettled(asked, ids, outcomes, 1);
  }
}, 60_000);

it('when every host changes its mind the grant is as it was', async () => {
  const asked = somebody();
  const ids = await openGrants(arena, asked);
  const { outcomes } = await arena.race(
    guard,
    times(80, (index) =>
      guardedCall(asked, { host: 'pg client', fate: index % 4 === 0 ? 'killed' : 'rollback' }),
    ),
  );
  await expectSettled(asked, ids, outcomes, 0);
  const after = await arena.race(guard, [guardedCall(asked)]);
  await expectSettled(asked, ids, after.outcomes, 1);
}, 30_000);

it('two grants for the same values run two of two hundred calls', async () => {
  const asked = somebody();
  const ids = await openGrants(arena, asked, 2);
  const { outcomes } = await arena.race(
    guard,
    times(200, (index) => guardedCall(asked, { host: index % 2 === 0 ? 'pg client' : null })),
  );
  await expectSettled(asked, ids, outcomes, 2);
  const used = outcomes.flatMap((outcome) => (outcome.ok ? [(outcome.answer as { used: string }).used] : []));
  expect(used.sort()).toEqual([...ids].sort());
}, 30_000);

it('a grant that guards and consumers by id want at once is used by one of them', async () => {
  const winners = new Set<string>();
  for (let round = 0; round < 5; round += 1) {
    const asked = somebody();
    const ids = await openGrants(arena, asked);
    const [guards, consumers] = await Promise.all([
      arena.race(
        guard,
        times(60, (index) => guardedCall(asked, { host: index % 2 === 0 ? 'pg client' : null })),
      ),
      arena.race(
        core,
        times(60, () => consumeCall(ids[0] ?? '', asked)),
      ),
    ]);
    const byGuard = tally(guards.outcomes)['done'] ?? 0;
    const byId = tally(consumers.outcomes)['done'] ?? 0;
    expect(byGuard + byId).toBe(1);
    winners.add(byGuard === 1 ? 'guard' : 'id');
    expect((await look(arena.sql, ids[0] ?? '')).events).toEqual([
      '1 created',
      '2 challenged',
      '3 granted',
      '4 consumed',
    ]);
    expect(await settle(arena, asked, ids, guards.outcomes)).toMatchObject({ paid: byGuard, gaps: 0 });
  }
  expect(await findViolations(arena.sql, { now: new Date() })).toEqual([]);
}, 60_000);

it('nothing runs by a grant of a factor after its removal has answered, and before it at most one call does', async () => {
  const ran: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const asked = somebody();
    const context = here.context(service);
    const { factor } = await here.factors.create(context, {
      subjectId: asked.subjectId,
      methodId: 'otp',
      config: { channel: 'email', address: `removed-${round}@example.org` },
      confirmed: true,
    });
    const { id } = await here.authorizationRequest.create(context, asked);
    const proof = { method: 'otp', code: rightCode };
    expect(await here.authorizationRequest.grant(context, { id, proof })).toMatchObject({ granted: true });
    const racing = arena.race(
      guard,
      times(40, (index) => guardedCall(asked, { host: index % 2 === 0 ? 'pg client' : null })),
    );
    await sleep(round % 5); // So that the removal comes at every place of the race.
    await here.factors.remove(context, { id: factor.id });
    const late = await arena.race(
      guard,
      times(8, () => guardedCall(asked)),
    );
    const { outcomes } = await racing;
    expect(tally(late.outcomes)).toEqual({ authorization_required: 8 });
    const done = tally(outcomes)['done'] ?? 0;
    await expectSettled(asked, [id], outcomes, done);
    expect(done).toBeLessThanOrEqual(1);
    ran.push(done);
  }
  expect(ran).toHaveLength(10);
}, 60_000);

it('runs one call in the last second of the window, and none from its end on, with every background job off', async () => {
  const open = async () => {
    const asked = somebody();
    const { id } = await arena.ask<{ id: string }>(
      core,
      {
        command: 'create',
        input: {
          ...asked,
          title: 'Transfer',
          deliverTo: { channel: 'email', address: `${past}@example.org` },
        },
      },
      past,
    );
    const input = { id, proof: { method: 'otp', code: rightCode } };
    await arena.ask(core, { command: 'grant', input }, past);
    return { asked, id };
  };
  for (const after of [0, 1000]) {
    const { asked, id } = await open();
    const { outcomes } = await arena.race(
      guard,
      times(40, () => guardedCall(asked)),
      past + windowMs + after,
    );
    await expectSettled(asked, [id], outcomes, 0);
  }
  // Not in the last millisecond: the time for which a statement waits counts too.
  const { asked, id } = await open();
  const { outcomes } = await arena.race(guard, [guardedCall(asked)], past + windowMs - 1000);
  await expectSettled(asked, [id], outcomes, 1);
}, 30_000);

it('a call that waits for another one until the window is over does not run', async () => {
  const asked = somebody();
  const ids = await openGrants(arena, asked);
  const id = ids[0] ?? '';
  const { rows } = await arena.sql.query<{ end: Date }>(
    'SELECT execute_before AS end FROM countersign.authorization_request WHERE id = $1',
    [uuidOf(id)],
  );
  const end = rows[0]?.end.getTime() ?? 0;
  const holder = await arena.sql.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM countersign.authorization_request WHERE id = $1 FOR UPDATE', [uuidOf(id)]);
  // A quarter of a second of waiting is taken for running.
  const racing = arena.race(guard, [guardedCall(asked, { host: 'pg client' })], end - 100);
  await untilSomebodyWaits();
  await holder.query('SELECT pg_sleep(0.5)');
  await holder.query('ROLLBACK');
  holder.release();
  const { outcomes } = await racing;
  expect(tally(outcomes)).toEqual({ authorization_required: 1 });
  await expectSettled(asked, ids, outcomes, 0);
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await arena.sql.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    await sleep(5);
  }
}

it('uses no grant of other data, another subject or another session, two hundred times at once', async () => {
  const asked = somebody();
  const ids = await openGrants(arena, asked);
  const others: Asked[] = [
    { ...asked, data: { ...asked.data, amountCents: 250_001 } },
    { ...asked, data: { ...asked.data, to: 'GB30' } },
    { ...asked, subjectId: 'mallory' },
    { ...asked, sessionId: 'another session' },
  ];
  const { outcomes } = await arena.race(
    guard,
    times(200, (index) => guardedCall(others[index % others.length] as Asked)),
  );
  expect(tally(outcomes)).toEqual({ authorization_required: 200 });
  await expectSettled(asked, ids, outcomes, 0);
}, 30_000);
