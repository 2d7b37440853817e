import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mutate, query } from '../support/http.ts';
import { openSocket, reasonOf } from '../support/socket.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferRequest } from '../support/transfer.ts';

/** Nobody can read revocations any more, and what was read is too old to be trusted. */
async function blind({ database, clock }: TestServer): Promise<void> {
  await database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO token_revocation_away');
  for (let step = 0; step < 4; step += 1) {
    clock.advance(5);
    await sleep(150);
  }
}

const restore = ({ database }: TestServer) =>
  database.sql.query('ALTER TABLE countersign.token_revocation_away RENAME TO token_revocation');

it.each(['closed', 'database'] as const)(
  'while nobody can say whether a token is revoked, the answer is "away" and not "invalid" (%s)',
  async (whenRevocationsAreStale) => {
    await using server = await startTestServer({ scopedToken: { whenRevocationsAreStale } });
    const { token } = await issue(server, { preset: 'subject' });
    using socket = await openSocket(server.port, { params: bearer(token) });
    expect((await socket.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
    await blind(server);
    const answer = await query(server, 'event.list', {}, { headers: bearer(token) });
    expect(answer).toMatchObject({ status: 503, error: { data: { reason: 'unavailable_dependency' } } });
    await sleep(1_500); // longer than the watch takes for a round
    expect(socket.raw.readyState).toBe(1);
    await restore(server);
    await expect
      .poll(async () => (await query(server, 'event.list', {}, { headers: bearer(token) })).status, {
        timeout: 10_000,
      })
      .toBe(200);
  },
);

it('while only queries go on, an open stream tells nothing more', async () => {
  await using server = await startTestServer({
    operations: { transfer },
    scopedToken: { whenRevocationsAreStale: 'queries' },
  });
  const { token } = await issue(server, { preset: 'subject' });
  using socket = await openSocket(server.port, { params: bearer(token) });
  expect((await socket.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
  await blind(server);
  expect((await query(server, 'event.list', {}, { headers: bearer(token) })).status).toBe(200);
  await mutate(server, 'authorizationRequest.create', transferRequest);
  const refusal = await socket.answer((one) => one.id === 'stream' && one.error !== undefined);
  expect(reasonOf(refusal)).toBe('unavailable_dependency');
  expect(socket.answers.filter(({ result }) => result?.type === 'data')).toEqual([]);
  await restore(server);
});

it('a host that answers slowly about subjects makes no revocation late', async () => {
  await using server = await startTestServer({
    subjectActive: async () => {
      await sleep(300);
      return true;
    },
  });
  const sockets = [];
  for (let subject = 0; subject < 40; subject += 1) {
    const { token } = await issue(server, { preset: 'subject', subjectId: `subject-${subject}` });
    sockets.push(await openSocket(server.port, { params: bearer(token) }));
  }
  const { id, token } = await issue(server, { preset: 'subject' });
  using socket = await openSocket(server.port, { params: bearer(token) });
  await socket.call('query', 'event.list', {});
  server.clock.advance(10); // every answer of the host is too old
  await sleep(1_100);
  const revokedAt = performance.now();
  const { core } = server.cs;
  await core.scopedToken.revoke(core.context({ kind: 'service' }), { id });
  expect(await socket.closed).toBe(1008);
  expect(performance.now() - revokedAt).toBeLessThan(3_000);
  for (const one of sockets) one[Symbol.dispose]();
});

it('callers that wait for one answer of the host all get the same refusal', async () => {
  await using server = await startTestServer({
    subjectActive: async () => {
      await sleep(100);
      throw new Error('canary of the host');
    },
  });
  const { token } = await issue(server, { preset: 'subject' });
  const calls = Array.from({ length: 5 }, () => query(server, 'event.list', {}, { headers: bearer(token) }));
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
});

it('delegates of a token have streams and connections of their own: they cannot shut its subject out', async () => {
  await using server = await startTestServer();
  const { token } = await issue(server, { preset: 'subject' });
  const least = attenuateScopedToken(token, { cid: 'least', scp: { rpc: { s: ['event.stream'] } } });
  const sockets = [];
  for (let turn = 0; turn < 25; turn += 1) {
    const one = await openSocket(server.port, { params: bearer(least) });
    sockets.push(one);
    if (turn < 12) await one.subscribe('event.stream', {}, 'stream').catch(() => undefined);
  }
  using own = await openSocket(server.port, { params: bearer(token) });
  expect((await own.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
  for (const one of sockets) one[Symbol.dispose]();
});
