import { TOTP, URI } from 'otpauth';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { people } from './server/directory.ts';
import { approveByCode, askedBy, inboxOf } from './support/approve.ts';
import { startDemo, type StartedDemo } from './support/start-demo.ts';
import { pairPhone, visit, type Visitor } from './support/visitor.ts';

let demo: StartedDemo;
let ada: Visitor;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo[Symbol.asyncDispose]());

/** Each test in a session of its own: what one has approved is of no use to the next. */
beforeEach(async () => {
  ada = await visit(demo.url);
  await ada.bank.demo.reset.mutate();
});
afterEach(() => ada[Symbol.asyncDispose]());

const noraIban = 'DE34 1002 0030 0000 5520 01';
const toNora = { from: 'ada-everyday', to: noraIban, amountCents: 250_000, reference: 'Boat' };

async function balanceOf(visitor: Visitor, id: string): Promise<number> {
  const account = (await visitor.bank.accounts.query()).find((each) => each.id === id);
  return account?.balanceCents ?? Number.NaN;
}

const adaPays = (data: Partial<typeof toNora> = {}) => ada.bank.transfer.mutate({ ...toNora, ...data });
const approve = (id: string) => approveByCode(demo.url, ada, id, people.ada.email);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: { data?: { code?: string } }) => error.data?.code,
  );

describe('the report of the start', () => {
  it('counts what is in the demo and names its doors, the bank first', () => {
    const output = demo.output();
    expect(output).toMatch(/✓ demo data +Acme Bank · 3 people · 9 factors · 30 days of history/);
    const steps = [...output.matchAll(/✓ (\w+(?: data)?)/g)].map(([, name]) => name);
    expect(steps).toEqual(['database', 'migrations', 'keys', 'demo data', 'listening']);
    const doors = [...output.matchAll(/^ {2}(Try it|Phone|Inbox|Service key) +(\S+)/gm)];
    expect(doors.map(([, name, at]) => [name, at])).toEqual([
      ['Try it', `${demo.url}/`],
      ['Phone', `${demo.url}/phone`],
      ['Inbox', `${demo.url}/inbox`],
      ['Service key', expect.stringContaining('service.key')],
    ]);
  });

  it('tells what happens in words, and no code', async () => {
    const { id } = await askedBy(adaPays({ amountCents: 123_400 }));
    const { challenge, grant } = ada.countersign.authorizationRequest;
    await challenge({ id, method: 'otp' });
    expect(await grant({ id, proof: { method: 'otp', code: '000000' } })).toMatchObject({ granted: false });
    await demo.prints(/Send money · Ada +wrong code, 4 tries left/);
    await approve(id);
    await adaPays({ amountCents: 123_400 });
    await demo.prints(/Send money · Ada +waits: € 1,234\.00 to Nora Lund/);
    await demo.prints(/Send money · Ada +a code went to a•••@example\.org/);
    await demo.prints(/Send money · Ada +authorized by code from a message \(server\)/);
    await demo.prints(/Send money · Ada +happened, once/);
    await ada.bank.cheat.consume.mutate({ id, amountCents: 990_000 });
    await demo.prints(/refused: € 9,900\.00 is other data than was authorized/);
    for (const { code } of await inboxOf(demo.url, people.ada.email))
      expect(demo.output()).not.toContain(code);
  });
});

describe('a transfer', () => {
  it('is free up to the limit, and asks nobody', async () => {
    const { freeUpToCents } = await ada.bank.session.open.mutate();
    const before = await balanceOf(ada, 'ada-everyday');
    const sent = await adaPays({ amountCents: freeUpToCents });
    expect(sent).toMatchObject({ authorization: null, payment: { amountCents: -freeUpToCents } });
    expect(await balanceOf(ada, 'ada-everyday')).toBe(before - freeUpToCents);
    await askedBy(adaPays({ amountCents: freeUpToCents + 1 }));
  });

  it('above it happens once its owner has said yes to these values', async () => {
    const before = await balanceOf(ada, 'ada-everyday');
    const asked = await askedBy(adaPays());
    expect(asked.facts).toEqual([
      { label: 'Amount', value: '€ 2,500.00' },
      { label: 'To', value: `Nora Lund, ${noraIban}` },
      { label: 'From', value: 'Everyday, DE65 1002 0030 0000 4170 01' },
      { label: 'Reference', value: 'Boat' },
    ]);
    expect((await askedBy(adaPays())).id).toBe(asked.id);
    await approve(asked.id);
    const { authorization, payment, account } = await adaPays();
    expect(authorization).toMatchObject({ id: asked.id, binding: 'server', dataHash: asked.dataHash });
    expect(account.balanceCents).toBe(before - 250_000);
    const { items } = await ada.bank.history.query({ account: 'ada-everyday', limit: 1 });
    expect(items).toEqual([payment]);
    await askedBy(adaPays());
  });

  it('runs once of 50 calls at the same time with one approval', async () => {
    const before = await balanceOf(ada, 'ada-everyday');
    const { id } = await askedBy(adaPays());
    await approve(id);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => adaPays()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await balanceOf(ada, 'ada-everyday')).toBe(before - 250_000);
  });

  it('never takes more than there is, however many leave at the same time', async () => {
    const leaving = { from: 'ada-holiday', amountCents: 9_900 };
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => adaPays(leaving)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    expect(await balanceOf(ada, 'ada-holiday')).toBe(64_000 - 6 * 9_900);
    await using nora = await visit(demo.url, 'nora');
    expect(await balanceOf(nora, 'nora-everyday')).toBe(312_745 + 6 * 9_900);
  });

  it('goes both ways at once without a deadlock', async () => {
    await using nora = await visit(demo.url, 'nora');
    const adaIban = 'DE65 1002 0030 0000 4170 01';
    const back = { from: 'nora-everyday', to: adaIban, amountCents: 100, reference: '' };
    const both = Array.from({ length: 20 }, () => [
      adaPays({ amountCents: 100 }),
      nora.bank.transfer.mutate(back),
    ]);
    await Promise.all(both.flat());
    expect(await balanceOf(ada, 'ada-everyday')).toBe(841_236);
  });

  it('that the bank refuses leaves the approval as it was', async () => {
    const tooMuch = { from: 'ada-holiday', amountCents: 70_000 };
    const { id } = await askedBy(adaPays(tooMuch));
    await approve(id);
    await expect(adaPays(tooMuch)).rejects.toThrow('There is not that much in the account.');
    await adaPays({ to: 'DE11 1002 0030 0000 4170 03', amountCents: 10_000 });
    expect(await adaPays(tooMuch)).toMatchObject({ authorization: { id }, account: { balanceCents: 4_000 } });
  });

  it('works in a batch of several calls, each for itself', async () => {
    const { id } = await askedBy(adaPays());
    await approve(id);
    const [sent, refused] = await Promise.allSettled([
      ada.batched.transfer.mutate(toNora),
      ada.batched.transfer.mutate({ ...toNora, amountCents: 260_000 }),
    ]);
    expect(sent).toMatchObject({ status: 'fulfilled', value: { authorization: { id } } });
    expect(refused).toMatchObject({ reason: { data: { reason: 'authorization_required' } } });
  });

  it('leaves nobody’s account but one’s own, to nobody unknown', async () => {
    const foreign = await askedBy(adaPays({ from: 'nora-everyday', to: 'DE65 1002 0030 0000 4170 01' }));
    await approve(foreign.id);
    expect(await codeOf(adaPays({ from: 'nora-everyday', to: 'DE65 1002 0030 0000 4170 01' }))).toBe(
      'NOT_FOUND',
    );
    for (const wrong of [{ to: 'DE00 0000' }, { from: 'nobody' }, { amountCents: -1 }, { amountCents: 0.5 }])
      expect(await codeOf(adaPays(wrong))).toBe('BAD_REQUEST');
    expect(await codeOf(ada.bank.history.query({ account: 'nora-everyday' }))).toBe('NOT_FOUND');
  });
});

describe('a cheat', () => {
  it('with another amount is asked about anew, and takes nothing', async () => {
    const before = await balanceOf(ada, 'ada-everyday');
    const { id, dataHash } = await askedBy(adaPays());
    await approve(id);
    const other = await askedBy(adaPays({ amountCents: 990_000 }));
    expect(other.id).not.toBe(id);
    const cheated = await ada.bank.cheat.consume.mutate({ id, amountCents: 990_000 });
    expect(cheated).toMatchObject({
      refused: 'data_mismatch',
      approvedHash: dataHash,
      triedHash: other.dataHash,
    });
    expect(dataHash).not.toBe(other.dataHash);
    expect(await balanceOf(ada, 'ada-everyday')).toBe(before);
  });

  it('by the bank itself, with an approval that is used, is refused; with one that is not, undone', async () => {
    const { id } = await askedBy(adaPays());
    expect(await ada.bank.cheat.consume.mutate({ id })).toMatchObject({ refused: 'not_granted' });
    await approve(id);
    expect(await ada.bank.cheat.consume.mutate({ id })).toMatchObject({ refused: null });
    expect(await adaPays()).toMatchObject({ authorization: { id } });
    expect(await ada.bank.cheat.consume.mutate({ id })).toMatchObject({ refused: 'already_consumed' });
  });

  it('with somebody else’s approval finds nothing', async () => {
    const { id } = await askedBy(adaPays());
    await using nora = await visit(demo.url, 'nora');
    expect(await codeOf(nora.bank.cheat.consume.mutate({ id }))).toBe('NOT_FOUND');
  });
});

describe('what the demo gives', () => {
  it('a phone approves by the digits of the screen, and closes an account', async () => {
    const closing = { account: 'ada-holiday', payOutTo: 'ada-savings', balanceCents: 64_000 };
    await using emil = await visit(demo.url, 'emil');
    const emils = { account: 'emil-savings', payOutTo: 'emil-everyday', balanceCents: 271_050 };
    await expect(emil.bank.closeAccount.mutate(emils)).rejects.toMatchObject({
      data: { reason: 'method_unavailable' },
    });

    const phone = await pairPhone(demo.url, ada, 'ada');
    const asked = await askedBy(ada.bank.closeAccount.mutate(closing));
    expect(asked).toMatchObject({ methods: ['device'], requiredBinding: 'cryptographic' });
    const [prompt] = (await phone.waiting()).filter(({ id }) => id === asked.id);
    expect(prompt?.challenge?.digits).toBeNull();
    expect(await phone.approve(prompt!, asked.challenge?.digits ?? '')).toMatchObject({ granted: true });
    const { account, authorization } = await ada.bank.closeAccount.mutate(closing);
    expect(account.balanceCents).toBe(0);
    expect(account.closedAt).not.toBeNull();
    expect(authorization).toMatchObject({ binding: 'cryptographic' });
    expect(await balanceOf(ada, 'ada-savings')).toBe(1_530_000 + 64_000);
    await expect(adaPays({ from: 'ada-savings', to: account.iban, amountCents: 1 })).rejects.toThrow(
      'closed',
    );
    await phone.close();
  });

  it('a phone that is paired replaces the one before', async () => {
    const first = await pairPhone(demo.url, ada, 'ada');
    await first.token();
    const second = await pairPhone(demo.url, ada, 'ada');
    await expect(first.waiting()).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(await second.waiting()).toEqual([]);
    expect(await ada.bank.phone.owner.query()).toMatchObject({ name: 'Ada Berg', uuid: second.uuid });
    await Promise.all([first.close(), second.close()]);
  });

  it('the authenticator app and the letter approve a transfer, and not the change of an address', async () => {
    const { uri } = await ada.bank.phone.authenticator.query();
    const app = URI.parse(uri);
    expect(app).toMatchObject({ issuer: 'Acme Bank', label: 'ada' });
    if (!(app instanceof TOTP)) throw new Error('no TOTP');
    const { grant } = ada.countersign.authorizationRequest;
    const first = await askedBy(adaPays());
    expect(first.methods).toEqual(expect.arrayContaining(['totp', 'otp', 'recovery-code']));
    expect(await grant({ id: first.id, proof: { method: 'totp', code: app.generate() } })).toMatchObject({
      granted: true,
    });

    const second = await askedBy(adaPays({ amountCents: 30_000 }));
    const [letter] = await inboxOf(demo.url, people.ada.name);
    expect(letter).toMatchObject({ channel: 'post', code: '' });
    const [code = ''] = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(letter?.text ?? '') ?? [];
    const proof = { method: 'recovery-code', code } as const;
    expect(await grant({ id: second.id, proof })).toMatchObject({ granted: true });

    const email = await askedBy(ada.bank.changeEmail.mutate({ email: 'ada@new.example' }));
    expect(email.methods).not.toContain('totp');
  });

  it('codes go to a new address when its owner has confirmed that by the old one', async () => {
    const change = { email: 'ada@new.example' };
    const { id } = await askedBy(ada.bank.changeEmail.mutate(change));
    await approve(id);
    expect(await ada.bank.changeEmail.mutate(change)).toMatchObject({ ...change, authorization: { id } });
    expect((await ada.bank.session.open.mutate()).person.email).toBe(change.email);
    const next = await askedBy(adaPays());
    await approveByCode(demo.url, ada, next.id, change.email);
    const hints = (await ada.countersign.factor.list({})).flatMap(({ hint }) => hint ?? []);
    expect(hints).toEqual(['a•••@new.example']);
  });

  it('a reset makes everything as it was, and leaves phone and session', async () => {
    const phone = await pairPhone(demo.url, ada, 'ada');
    await adaPays({ amountCents: 5_000 });
    const waiting = await askedBy(adaPays());
    await ada.bank.demo.reset.mutate();
    expect(await balanceOf(ada, 'ada-everyday')).toBe(841_236);
    expect((await ada.countersign.authorizationRequest.get({ id: waiting.id })).state).toBe('cancelled');
    expect(await phone.waiting()).toEqual([]);
    const { items, nextCursor } = await ada.bank.history.query({ account: 'ada-everyday', limit: 20 });
    expect(items).toHaveLength(20);
    const rest = await ada.bank.history.query({ account: 'ada-everyday', cursor: nextCursor });
    const all = [...items, ...rest.items];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ bookedAt }) => bookedAt)).toEqual(
      all.map(({ bookedAt }) => bookedAt).toSorted((one, other) => (one < other ? 1 : -1)),
    );
    await phone.close();
  });

  it('“How is this guarded?” is answered by the lines that run', async () => {
    const regions = await ada.bank.code.guarded.query();
    expect(regions.map(({ file }) => file)).toEqual([
      'examples/bank/operations.ts',
      'examples/bank/server/procedures/transfer.ts',
    ]);
    expect(regions[1]?.text).toContain('.concat(cs.guard(transfer))');
    for (const { text } of regions) expect(text).toMatch(/^(?:export|return) /);
  });
});

describe('a session', () => {
  it('ends with what was issued to it when somebody else sits down', async () => {
    const visitor = await visit(demo.url);
    await visitor.countersign.factor.list({});
    const { id } = await askedBy(visitor.bank.transfer.mutate(toNora));
    expect((await visitor.countersign.authorizationRequest.get({ id })).state).toBe('waiting');
    const { token } = await visitor.bank.session.token.mutate();
    await visitor.bank.session.switch.mutate({ person: 'nora' });
    const headers = { authorization: `Bearer ${token}` };
    const stale = await fetch(`${demo.url}/trpc/factor.list`, { headers });
    expect(stale.status).toBe(401);
    expect((await visitor.bank.session.open.mutate()).person.id).toBe('nora');
    await visitor[Symbol.asyncDispose]();
  });

  it('is named by a cookie that no script reads and no other page sends', async () => {
    const answer = await fetch(`${demo.url}/bank/trpc/session.open`, {
      method: 'POST',
      headers: { origin: demo.url, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect((await fetch(`${demo.url}/bank/trpc/accounts`)).status).toBe(401);
  });
});

describe('a page of somebody else’s', () => {
  const json = { 'content-type': 'application/json' };
  const send = (path: string, headers: Record<string, string>, method = 'POST') =>
    new Promise<number>((resolve, reject) => {
      const { port } = new URL(demo.url);
      const call = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      call.on('error', reject);
      call.end(method === 'POST' ? '{}' : undefined);
    });

  it('changes nothing: it has another origin, or none, or can send only a form', async () => {
    const { host } = new URL(demo.url);
    const path = '/bank/trpc/demo.reset';
    expect(await send(path, { host, ...json, origin: 'https://evil.example' })).toBe(403);
    expect(await send(path, { host, ...json, origin: 'null' })).toBe(403);
    expect(await send(path, { host, ...json })).toBe(403);
    expect(await send(path, { host, origin: demo.url, 'content-type': 'text/plain' })).toBe(415);
    const large = { method: 'POST', headers: { origin: demo.url, ...json }, body: ' '.repeat(70_000) };
    expect((await fetch(demo.url + path, large)).status).toBe(413);
    expect(await send(path, { host, origin: demo.url, ...json, 'transfer-encoding': 'chunked' })).toBe(411);
    expect(await send(path, { host, origin: demo.url, ...json }, 'PUT')).toBe(405);
    expect(await send(path, { host, origin: demo.url, ...json })).toBe(200);
  });

  it('reaches nothing by a name that was made to point here', async () => {
    const host = 'evil.example';
    for (const path of ['/', '/phone', '/split', '/bank/trpc/phone.authenticator', '/bank/assets/x.js'])
      expect({ path, status: await send(path, { host }, 'GET') }).toEqual({ path, status: 403 });
  });
});
