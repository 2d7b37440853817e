import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { transferOf } from './attack/open-request.ts';
import { hostNames, openHosts, plantLedger, type HostName, type Hosts } from './hosts.ts';
import { count, look, uuidOf } from './look.ts';
import { createRandom } from '../../testing/random.ts';

let test: TestCore;
let hosts: Hosts;
beforeAll(async () => {
  test = await openTestCore();
  await plantLedger(test.database.sql);
  hosts = await openHosts(test.database.url);
});
afterAll(async () => {
  await hosts[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const subjects = new Map<string, string>();

async function openGrant(): Promise<string> {
  const { core, service, outbox } = test;
  const subjectId = `ada-${subjects.size}`;
  const address = `${subjectId}@example.org`;
  const { id } = await core.authorizationRequest.create(service, {
    ...transferOf(subjectId),
    title: 'Transfer money',
    deliverTo: { channel: 'email', address },
  });
  subjects.set(id, subjectId);
  await core.authorizationRequest.grant(service, {
    id,
    proof: { method: 'otp', code: outbox.codeFor(address) },
  });
  return id;
}

async function pay(name: HostName, id: string, between = () => Promise.resolve()): Promise<void> {
  const { core, service } = test;
  const asked = transferOf(subjects.get(id) ?? '');
  await hosts.pay[name]({
    id,
    amountCents: asked.data.amountCents,
    consume: (tx) => core.authorizationRequest.consume(service, { id, ...asked }, { tx }),
    between,
  });
}

/** Both written, or neither: the ledger, the consumption, its event. */
async function bothOrNeither(id: string): Promise<'both' | 'neither'> {
  const { consumedAt, events } = await look(test.database.sql, id);
  const { rows } = await test.database.sql.query('SELECT FROM ledger WHERE request_id = $1', [id]);
  const paid = rows.length;
  const consumed = consumedAt === null ? 0 : 1;
  expect({ consumed, logged: count(events, 'consumed') }).toEqual({ consumed: paid, logged: paid });
  return paid === 1 ? 'both' : 'neither';
}

class ChangedItsMind extends Error {}
const changesItsMind = () => Promise.reject(new ChangedItsMind());

it.each(hostNames)(
  'a grant consumed in a transaction of the host that is rolled back is still usable (%s)',
  async (name) => {
    const id = await openGrant();
    await expect(pay(name, id, changesItsMind)).rejects.toThrow(ChangedItsMind);
    expect(await bothOrNeither(id)).toBe('neither');
    await pay(name, id);
    expect(await bothOrNeither(id)).toBe('both');
  },
);

it.each(hostNames)(
  'of parallel transactions of the host over one grant exactly one commits its own write (%s)',
  async (name) => {
    const id = await openGrant();
    const paid = await Promise.allSettled(Array.from({ length: 8 }, () => pay(name, id)));
    expect(paid.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await bothOrNeither(id)).toBe('both');
  },
);

it('the write of the host and the consumption commit together or not at all, whenever the connection dies', async () => {
  const random = createRandom(0x5eed);
  const ids: string[] = [];
  for (let round = 0; round < 40; round += 1) ids.push(await openGrant());
  const ended = await Promise.all(
    ids.map(async (id) => {
      const name = random.pick(hostNames);
      // MikroORM keeps a connection that died in a transaction checked out for ever: the host's loss, not ours.
      const fate = random.pick(name === 'entity manager' ? survivable : ([...survivable, 'kill'] as const));
      const between = async () => {
        await random.pause(30);
        if (fate === 'rollback') throw new ChangedItsMind();
        if (fate === 'kill') await killHostOf(id);
      };
      const settled = await pay(name, id, between).then(
        () => 'both',
        () => 'neither',
      );
      return { id, fate, settled };
    }),
  );
  for (const { id, fate, settled } of ended) {
    expect(settled).toBe(fate === 'commit' ? 'both' : 'neither');
    expect(await bothOrNeither(id)).toBe(settled);
  }
}, 30_000);

const survivable = ['commit', 'rollback'] as const;

/** Ends the connection that holds the request's row, as a crash of the host would. */
async function killHostOf(id: string): Promise<void> {
  const { rowCount } = await test.database.sql.query(
    `SELECT pg_terminate_backend(l.pid) FROM pg_locks l
     JOIN countersign.authorization_request r ON r.xmax::text = l.transactionid::text
     WHERE l.locktype = 'transactionid' AND l.granted AND r.id = $1`,
    [uuidOf(id)],
  );
  expect(rowCount).toBe(1);
}
