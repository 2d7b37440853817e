import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '../support/authenticator.ts';
import { clientWith, serviceClient } from '../support/client.ts';
import { startWithEveryMethod } from '../support/every-method.ts';
import { mutate, query } from '../support/http.ts';
import { bearer, issue } from '../support/tokens.ts';
import { wrongCode } from '../support/transfer.ts';
import type { TestServer } from '../../testing/index.ts';

async function enrolTotp(server: TestServer, subjectId = 'ada') {
  const { factor, setup } = await serviceClient(server).factor.create.mutate({
    subjectId,
    methodId: 'totp',
    confirmed: true,
  });
  return { factorId: factor.id, app: createAuthenticator(setup) };
}

describe('a confirmation, as a host signs somebody in by it', () => {
  it('is requested, confirmed, checked and used once, over HTTP', async () => {
    await using server = await startWithEveryMethod();
    const client = serviceClient(server);
    const { factorId, app } = await enrolTotp(server);
    const asked = { factorId, subjectId: 'ada', purpose: 'sign-in', data: { browser: 'b-1' } };
    const { id, ...requested } = await client.confirmation.request.mutate(asked);
    expect(requested).toMatchObject({
      status: 'new',
      isAvailable: false,
      purpose: 'sign-in',
      attemptsLeft: 5,
    });
    expect(requested.expiresAt).toBeInstanceOf(Date);
    expect(await client.confirmation.check.query({ id })).toMatchObject({ available: false });

    const confirm = (code: string) => client.confirmation.confirm.mutate({ id, data: { code } });
    expect(await confirm(app.wrong(server.clock.now()))).toMatchObject({
      status: 'in_process',
      attemptsLeft: 4,
    });
    expect(await confirm(app.code(server.clock.now()))).toMatchObject({
      status: 'confirmed',
      isAvailable: true,
    });
    expect(await client.confirmation.check.query({ id })).toMatchObject({
      available: true,
      confirmation: { id },
    });

    const use = { id, ...asked };
    for (const other of [
      { purpose: 'change-email' },
      { subjectId: 'bob' },
      { data: undefined },
      { factorId: undefined },
    ])
      expect(await client.confirmation.use.mutate({ ...use, ...other })).toEqual({ used: false });
    expect(await client.confirmation.use.mutate(use)).toMatchObject({
      used: true,
      confirmation: { id, status: 'used' },
    });
    expect(await client.confirmation.use.mutate(use)).toEqual({ used: false });
    expect(await client.confirmation.check.query({ id })).toEqual({ available: false });
  });

  it('proves an address by the code that was sent there, and shows the code to nobody else', async () => {
    await using server = await startWithEveryMethod();
    const input = {
      methodId: 'otp',
      subjectId: 'ada',
      purpose: 'change-email',
      data: { channel: 'email', address: 'ada@example.org' },
      idempotencyKey: 'change-1',
    };
    const requested = await mutate(server, 'confirmation.request', input);
    const { id } = requested.result as { id: string };
    const [message] = server.inbox.messages('ada@example.org');
    const { code } = message!;
    const repeated = await mutate(server, 'confirmation.request', input);
    expect(repeated.result).toEqual(requested.result);
    expect(server.inbox.messages()).toHaveLength(1);
    const wrong = await mutate(server, 'confirmation.confirm', { id, data: { code: wrongCode(code) } });
    const right = await mutate(server, 'confirmation.confirm', { id, data: { code } });
    expect(right.result).toMatchObject({ status: 'confirmed' });
    for (const { text } of [requested, repeated, wrong, right]) expect(text).not.toContain(code);
    expect(server.log.join('\n')).not.toContain(code);
  });

  it('a subject confirms its own by the preset, uses none, and finds nobody else’s', async () => {
    await using server = await startWithEveryMethod();
    const { factorId, app } = await enrolTotp(server);
    const as = async (subjectId: string) =>
      bearer((await issue(server, { preset: 'subject', subjectId })).token);
    const [ada, bob] = [await as('ada'), await as('bob')];
    const client = clientWith(server, ada);
    const { id } = await client.confirmation.request.mutate({ factorId, purpose: 'sign-in' });

    const data = { code: app.code(server.clock.now()) };
    const foreign = await mutate(server, 'confirmation.confirm', { id, data }, { headers: bob });
    const unknownId = 'conf_02krzp8z1wf44ar7tqdm83kv4c';
    const unknown = await mutate(server, 'confirmation.confirm', { id: unknownId, data }, { headers: bob });
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect((await query(server, 'confirmation.check', { id }, { headers: bob })).result).toEqual({
      available: false,
    });
    const theirs = await mutate(server, 'confirmation.request', { factorId }, { headers: bob });
    expect(theirs).toMatchObject({ status: 404, error: { data: { reason: 'not_found' } } });

    expect(await client.confirmation.confirm.mutate({ id, data })).toMatchObject({ status: 'confirmed' });
    expect(await client.confirmation.check.query({ id })).toMatchObject({ available: true });
    const used = await mutate(server, 'confirmation.use', { id, purpose: 'sign-in' }, { headers: ada });
    expect(used.error?.data.reason).toBe('insufficient_scope');
  });

  it('two proofs in one batch are one guess', async () => {
    await using server = await startWithEveryMethod();
    const client = serviceClient(server);
    const { factorId, app } = await enrolTotp(server);
    const { id } = await client.confirmation.request.mutate({ factorId, subjectId: 'ada' });
    const json = { id, data: { code: app.wrong(server.clock.now()) } };
    const response = await fetch(`${server.url}/trpc/confirmation.confirm,confirmation.confirm?batch=1`, {
      method: 'POST',
      headers: { ...server.credential, 'content-type': 'application/json' },
      body: JSON.stringify({ 0: { json }, 1: { json } }),
    });
    expect(await response.json()).toMatchObject([
      { result: { data: { json: { attemptsLeft: 4 } } } },
      { error: { json: { data: { reason: 'invalid_input' } } } },
    ]);
    const { confirmation } = await client.confirmation.check.query({ id });
    expect(confirmation).toMatchObject({ attemptsLeft: 4 });
  });

  it('five wrong proofs end it, and the right one comes too late', async () => {
    await using server = await startWithEveryMethod();
    const client = serviceClient(server);
    const { factorId, app } = await enrolTotp(server);
    const { id } = await client.confirmation.request.mutate({ factorId, subjectId: 'ada' });
    const confirm = (code: string) => mutate(server, 'confirmation.confirm', { id, data: { code } });
    for (const attemptsLeft of [4, 3, 2, 1, 0])
      expect((await confirm(app.wrong(server.clock.now()))).result).toMatchObject({ attemptsLeft });
    expect(await confirm(app.code(server.clock.now()))).toMatchObject({
      status: 429,
      error: { data: { reason: 'attempts_exhausted' } },
    });
  });
});
