import { startTemporaryPostgres, type EmbeddedPostgres } from '@countersign/embedded-postgres';
import {
  createCountersign,
  device,
  otp,
  recoveryCodes,
  totp,
  type Countersign,
  type DemoSurroundings,
  type OpenDemo,
  type OutgoingMessage,
} from '@countersign/server';
import { MikroORM } from '@mikro-orm/postgresql';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demo } from './demo.ts';
import { personIds } from './server/directory.ts';
import { Keepsake } from './server/entities.ts';
import { seal, unseal } from './server/seal.ts';

let postgres: EmbeddedPostgres;
let cs: Countersign;
let orm: MikroORM;
const key = randomBytes(32);
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
beforeAll(async () => {
  postgres = await startTemporaryPostgres();
  const send = async () => undefined;
  cs = await createCountersign({
    issuer: 'Acme Bank',
    audience: 'bank.example',
    ...demo.settings,
    secret: randomBytes(32).toString('base64'),
    database: postgres.url(),
    methods: [otp({ send }), totp(), recoveryCodes(), device()],
  });
  orm = await MikroORM.init({
    clientUrl: postgres.url(),
    driverOptions: { connectionString: postgres.url() },
    entities: [Keepsake],
    schema: 'bank',
  });
});
afterAll(async () => {
  await orm.close(true);
  await cs.close();
  await postgres.stop();
});

interface Opened extends AsyncDisposable {
  readonly open: OpenDemo;
  readonly letters: readonly OutgoingMessage[];
  /** What the authenticator of the phone page reads. */
  authenticator(): Promise<string>;
}

async function opened(changes: Partial<DemoSurroundings> = {}): Promise<Opened> {
  const letters: OutgoingMessage[] = [];
  const open = await demo.open({
    cs,
    database: postgres.url(),
    url: 'http://localhost:4020',
    send: async (message) => void letters.push(message),
    keyFor: () => key,
    tell: silent,
    note: silent,
    logger,
    ...changes,
  });
  return {
    open,
    letters,
    async authenticator() {
      const answer = await open.handler(new Request('http://localhost:4020/bank/trpc/phone.authenticator'));
      const { result } = (await answer!.json()) as { result: { data: { uri: string } } };
      return result.data.uri;
    },
    [Symbol.asyncDispose]: () => open.close(),
  };
}

/** As it was before the first start: without the bank, and without what its people prove with. */
async function forgetTheBank(): Promise<void> {
  await orm.em.fork().execute('DROP SCHEMA IF EXISTS bank CASCADE');
  const { factor } = cs.createCaller({ kind: 'service' });
  for (const subjectId of personIds)
    for (const { id } of await factor.list({ subjectId })) await factor.remove({ id });
}

describe('the first data of the demo', () => {
  it('is made once: a later start finds it, and the letters are in the inbox again', async () => {
    await using first = await opened();
    const factors = await cs.createCaller({ kind: 'service' }).factor.list({ subjectId: 'ada' });
    await using second = await opened();
    expect(second.open.summary).toEqual(first.open.summary);
    expect(await cs.createCaller({ kind: 'service' }).factor.list({ subjectId: 'ada' })).toEqual(factors);
    expect(first.letters.map(({ to }) => to)).toEqual(['Emil Haas', 'Nora Lund', 'Ada Berg']);
    expect(second.letters).toEqual(first.letters);
    expect(await second.authenticator()).toBe(await first.authenticator());
  });

  it('is made once by two servers that start at the same time', async () => {
    await forgetTheBank();
    const [one, other] = await Promise.all([opened(), opened()]);
    expect(other.open.summary).toEqual(one.open.summary);
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  it('takes nothing away from somebody of the same name who was there before: it does not open', async () => {
    await forgetTheBank();
    const { factor: factors } = cs.createCaller({ kind: 'service' });
    const { factor } = await factors.create({
      subjectId: 'ada',
      methodId: 'totp',
      title: 'Hers',
      confirmed: true,
    });
    await expect(opened()).rejects.toThrow('knows a subject "ada" already');
    expect((await factors.list({ subjectId: 'ada' })).map(({ id }) => id)).toEqual([factor.id]);
    await factors.remove({ id: factor.id });
  });

  it('shows no seed and no recovery code to whoever has the database', async () => {
    await using bank = await opened();
    const [, seed = ''] = /secret=([A-Z2-7]+)/.exec(await bank.authenticator()) ?? [];
    const [code = ''] = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(bank.letters[0]?.text ?? '') ?? [];
    expect([seed.length, code.length]).toEqual([32, 19]);
    const kept = await orm.em.fork().find(Keepsake, {});
    expect(kept).toHaveLength(6);
    const tables = await orm.em
      .fork()
      .execute<{ name: string }[]>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('bank', 'countersign')`,
      );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const rows = await orm.em.fork().execute<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      expect({ name, found: text.includes(seed) || text.includes(code) }).toEqual({ name, found: false });
    }
  });

  it('that another secret has sealed is made anew, and the old authenticator is none any more', async () => {
    const before = await opened();
    const old = await before.authenticator();
    await before[Symbol.asyncDispose]();
    const otherKey = randomBytes(32);
    await using after = await opened({ keyFor: () => otherKey });
    expect(await after.authenticator()).not.toBe(old);
    expect(after.open.summary).toEqual(before.open.summary);
  });

  it('leaves a schema of the same name alone that is somebody else’s', async () => {
    const foreign = await startTemporaryPostgres();
    const theirs = await MikroORM.init({
      clientUrl: foreign.url(),
      driverOptions: { connectionString: foreign.url() },
      entities: [Keepsake],
    });
    await theirs.em.execute('CREATE SCHEMA bank; CREATE TABLE bank.account (id int)');
    await expect(opened({ database: foreign.url() })).rejects.toThrow(
      'a schema "bank" that is not of this demo',
    );
    expect(await theirs.em.execute('SELECT count(*)::int AS n FROM bank.account')).toEqual([{ n: 0 }]);
    await theirs.close(true);
    await foreign.stop();
  });
});

describe('a seal', () => {
  it('opens by its key and at its place, and is another each time', () => {
    const sealed = seal(key, 'totp ada', 'a seed');
    expect(unseal(key, 'totp ada', sealed)).toBe('a seed');
    expect(seal(key, 'totp ada', 'a seed')).not.toBe(sealed);
    expect(unseal(randomBytes(32), 'totp ada', sealed)).toBeNull();
    expect(unseal(key, 'totp nora', sealed)).toBeNull();
    expect(unseal(key, 'totp ada', `A${sealed.slice(1)}`)).toBe(sealed.startsWith('A') ? 'a seed' : null);
    expect(unseal(key, 'totp ada', '')).toBeNull();
  });
});
