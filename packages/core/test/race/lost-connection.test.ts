import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { core, openArena, type Arena } from './arena.ts';
import { createCall, openRequest, transferOf } from './attack/open-request.ts';
import { rightCode, tally, type Call } from './call.ts';
import { look, uuidOf } from './look.ts';

it('a connection that dies in a statement of a transaction fails that call, and not the process', async () => {
  await using arena = await openArena({ processes: 1 });
  await arena.race(core, []); // its own start takes a transaction too
  const call = createCall(transferOf('ada'), { idempotencyKey: 'once' });
  const holder = await arena.sql.connect();
  await holder.query('BEGIN; LOCK TABLE countersign.idempotency_key');
  const racing = arena.race(core, [call]);
  await kill(arena, `wait_event_type = 'Lock'`);
  await holder.query('ROLLBACK');
  holder.release();
  expect(tally((await racing).outcomes)).toEqual({ unavailable_dependency: 1 });
  expect(tally((await arena.race(core, [call])).outcomes)).toEqual({ done: 1 });
});

it('a connection that dies between two statements of a transaction fails that call, and not the process', async () => {
  await using arena = await openArena({ processes: 1 });
  await arena.race(core, []); // its own start takes a transaction too
  const id = await openRequest(arena, core, transferOf('grace'));
  const call: Call = {
    command: 'grant',
    input: { id, proof: { method: 'otp', code: rightCode }, idempotencyKey: 'once' },
  };
  const holder = await arena.sql.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM countersign.authorization_request WHERE id = $1 FOR UPDATE', [uuidOf(id)]);
  const racing = arena.race(core, [call]);
  // Once the attempt waits to be reserved on another connection, the one that holds the key is idle.
  await kill(
    arena,
    `state = 'idle in transaction' AND application_name = 'countersign' AND EXISTS (
       SELECT FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND w.datname = current_database())`,
  );
  await holder.query('ROLLBACK');
  holder.release();
  expect(tally((await racing).outcomes)).toEqual({ unavailable_dependency: 1 });
  expect(tally((await arena.race(core, [call])).outcomes)).toEqual({ granted: 1 });
  expect(await look(arena.sql, id)).toMatchObject({ state: 'granted', proofs: 1 });
});

/** Ends the one connection to our database that is in this condition, as soon as there is one. */
async function kill(arena: Arena, condition: string): Promise<void> {
  for (;;) {
    const { rows } = await arena.sql.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition} AND datname = current_database()`,
    );
    if (rows.length > 0) return;
    await sleep(5);
  }
}
