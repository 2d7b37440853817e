import { createVirtualPasskey } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import type { TestServer } from '../../testing/index.ts';
import { createAuthenticator, type Authenticator } from '../support/authenticator.ts';
import { clientWith, serviceClient } from '../support/client.ts';
import { pageOrigin, startWithEveryMethod } from '../support/every-method.ts';
import { mutate, query } from '../support/http.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData } from '../support/transfer.ts';

const operations = { transfer };
const unknownId = 'fact_02krzp8z1wf44ar7tqdm83kv4c';

/** What a host grants to who manages its own factors, in one session. */
const managing = {
  scope: {
    rpc: {
      q: ['factor.list', 'authorizationRequest.get'],
      m: ['factor.create', 'factor.confirm', 'factor.update', 'factor.remove', 'authorizationRequest.grant'],
    },
  },
  sessionId: 'session-1',
} as const;

async function enrolTotp(server: TestServer, subjectId = 'ada') {
  const client = serviceClient(server);
  const { factor, confirmation, setup } = await client.factor.create.mutate({ subjectId, methodId: 'totp' });
  const app = createAuthenticator(setup);
  const data = { code: app.code(server.clock.now()) };
  await client.factor.confirm.mutate({ id: factor.id, confirmationId: confirmation!.id, data });
  server.clock.advance(30);
  return { factorId: factor.id, app };
}

function proofOf(app: Authenticator, { clock }: TestServer) {
  return { method: 'totp', code: app.code(clock.now()) };
}

async function grantByTotp(
  server: TestServer,
  headers: Record<string, string>,
  app: Authenticator,
  id: string,
) {
  const answer = await mutate(
    server,
    'authorizationRequest.grant',
    { id, proof: proofOf(app, server) },
    { headers },
  );
  server.clock.advance(30);
  expect(answer.result).toMatchObject({ granted: true });
}

describe('the life of a factor, over HTTP', () => {
  it('the service enrols an authenticator app, whose seed is shown once; then its codes grant', async () => {
    await using server = await startWithEveryMethod({ operations });
    const client = serviceClient(server);
    const input = { subjectId: 'ada', methodId: 'totp', title: 'Phone', idempotencyKey: 'enrol-1' };
    const enrolled = await client.factor.create.mutate(input);
    const { factor, confirmation, setup } = enrolled;
    expect(factor).toMatchObject({ method: 'totp', title: 'Phone', status: 'in_process', subjectId: 'ada' });
    const app = createAuthenticator(setup);
    expect(await client.factor.create.mutate(input)).toEqual({ ...enrolled, setup: null });

    const create = { slug: 'transfer', subjectId: 'ada', data: transferData };
    await expect(client.authorizationRequest.create.mutate(create)).rejects.toMatchObject({
      data: { reason: 'method_unavailable' },
    });
    const confirm = (code: string) =>
      client.factor.confirm.mutate({ id: factor.id, confirmationId: confirmation!.id, data: { code } });
    expect(await confirm(app.wrong(server.clock.now()))).not.toMatchObject({ status: 'confirmed' });
    expect(await confirm(app.code(server.clock.now()))).toMatchObject({
      status: 'confirmed',
      isDefault: true,
    });

    const request = await client.authorizationRequest.create.mutate(create);
    expect(request.methods).toEqual(['totp']);
    const grant = (code: string) =>
      client.authorizationRequest.grant.mutate({ id: request.id, proof: { method: 'totp', code } });
    // The step that confirmed it is spent.
    expect(await grant(app.code(server.clock.now()))).toMatchObject({ granted: false, attemptsLeft: 4 });
    server.clock.advance(30);
    expect(await grant(app.code(server.clock.now()))).toMatchObject({
      granted: true,
      request: { state: 'granted', binding: 'none' },
    });
    const use = { id: request.id, slug: 'transfer', subjectId: 'ada', data: transferData };
    expect(await client.authorizationRequest.consume.mutate(use)).toMatchObject({ consumed: true });

    const [listed] = await client.factor.list.query({ subjectId: 'ada' });
    expect(listed).toMatchObject({ id: factor.id, status: 'confirmed', isActive: true });
    expect(listed!.lastUsedAt).toBeInstanceOf(Date);
  });

  it('a subject adds a second one: 428 with the request, granted, and the same call works once', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { app } = await enrolTotp(server);
    const { token } = await issue(server, managing);
    const headers = bearer(token);
    const input = { methodId: 'passkey', title: 'Laptop' };

    const refused = await mutate(server, 'factor.create', input, { headers });
    expect(refused).toMatchObject({
      status: 428,
      error: {
        data: {
          code: 'PRECONDITION_REQUIRED',
          httpStatus: 428,
          reason: 'authorization_required',
          authorizationRequest: {
            slug: 'countersign.factor.create',
            state: 'waiting',
            methods: ['totp'],
            sessionId: 'session-1',
          },
        },
      },
    });
    const view = refused.error!.data.authorizationRequest as { id: string; createdAt: unknown };
    expect(view.id).toMatch(/^areq_/);
    const again = await mutate(server, 'factor.create', input, { headers });
    expect(again.error?.data.authorizationRequest).toMatchObject({ id: view.id });
    await grantByTotp(server, headers, app, view.id);

    const other = await mutate(server, 'factor.create', { ...input, title: 'Mallory’s' }, { headers });
    expect(other).toMatchObject({ status: 428 });
    const made = await mutate(server, 'factor.create', input, { headers });
    expect(made).toMatchObject({
      status: 200,
      result: { factor: { method: 'passkey', status: 'in_process' } },
    });
    const third = await mutate(server, 'factor.create', input, { headers });
    expect(third).toMatchObject({ status: 428 });
    expect(third.error?.data.authorizationRequest).not.toMatchObject({ id: view.id });

    const { factor, confirmation, setup } = made.result as {
      factor: { id: string };
      confirmation: { id: string };
      setup: { options: unknown };
    };
    const laptop = createVirtualPasskey({ origin: pageOrigin, rpId: 'localhost' });
    const confirmed = await mutate(
      server,
      'factor.confirm',
      {
        id: factor.id,
        confirmationId: confirmation.id,
        data: { response: laptop.register(setup.options) },
      },
      { headers },
    );
    expect(confirmed.result).toMatchObject({ status: 'confirmed', isDefault: false });

    const client = serviceClient(server);
    const request = await client.authorizationRequest.create.mutate({
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
      methods: ['passkey'],
    });
    const response = laptop.authenticate(request.challenge!.options);
    expect(
      await client.authorizationRequest.grant.mutate({
        id: request.id,
        proof: { method: 'passkey', response },
      }),
    ).toMatchObject({ granted: true, request: { binding: 'cryptographic' } });
  });

  it('a subject changes and removes its own by the same rule, and sees nobody else’s', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { factorId, app } = await enrolTotp(server);
    const { token } = await issue(server, managing);
    const foreign = await issue(server, { ...managing, subjectId: 'bob' });
    await enrolTotp(server, 'bob');
    const headers = bearer(token);

    for (const path of ['factor.update', 'factor.remove']) {
      const bob = { headers: bearer(foreign.token) };
      const theirs = await mutate(server, path, { id: factorId }, bob);
      expect(theirs).toMatchObject({ status: 404, error: { data: { reason: 'not_found' } } });
      expect(theirs.text).toBe((await mutate(server, path, { id: unknownId }, bob)).text);
    }
    expect(
      (await query(server, 'factor.list', { subjectId: 'ada' }, { headers: bearer(foreign.token) })).result,
    ).toEqual([]);

    for (const [path, input, answer] of [
      ['factor.update', { id: factorId, title: 'New phone' }, { factor: { title: 'New phone' } }],
      ['factor.remove', { id: factorId }, { removed: true }],
    ] as const) {
      const refused = await mutate(server, path, input, { headers });
      expect(refused).toMatchObject({ status: 428, error: { data: { reason: 'authorization_required' } } });
      const { id } = refused.error!.data.authorizationRequest as { id: string };
      await grantByTotp(server, headers, app, id);
      expect((await mutate(server, path, input, { headers })).result).toMatchObject(answer);
    }
    expect((await query(server, 'factor.list', {}, { headers })).result).toEqual([]);
  });

  it('a first factor needs the service, or a token that names the procedure itself', async () => {
    await using server = await startWithEveryMethod();
    const named = await issue(server, { scope: { rpc: { m: ['factor.create'] } } });
    const wide = await issue(server, { scope: { rpc: { m: ['factor.*'] } } });
    const create = (token: string) =>
      mutate(server, 'factor.create', { methodId: 'totp' }, { headers: bearer(token) });
    expect(await create(wide.token)).toMatchObject({ status: 403, error: { data: { reason: 'forbidden' } } });
    const made = await create(named.token);
    createAuthenticator((made.result as { setup: unknown }).setup);
    expect(made).toMatchObject({
      status: 200,
      result: { factor: { status: 'in_process', subjectId: 'ada' } },
    });
    const { token } = await issue(server, { preset: 'subject' });
    expect((await create(token)).error?.data.reason).toBe('insufficient_scope');
  });

  it('recovery codes are in force at once, shown once, and prove a change of factors', async () => {
    await using server = await startWithEveryMethod();
    const input = { subjectId: 'ada', methodId: 'recovery-code', idempotencyKey: 'codes' };
    const service = serviceClient(server);
    const { factor, setup } = await service.factor.create.mutate(input);
    const { codes } = setup as { codes: string[] };
    expect(factor.status).toBe('confirmed');
    expect((await service.factor.create.mutate(input)).setup).toBeNull();
    const { token } = await issue(server, managing);
    const refused = await mutate(server, 'factor.create', { methodId: 'totp' }, { headers: bearer(token) });
    const { id } = refused.error!.data.authorizationRequest as { id: string };
    const grant = (code: string | undefined) =>
      clientWith(server, bearer(token)).authorizationRequest.grant.mutate({
        id,
        proof: { method: 'recovery-code', code },
      });
    expect(await grant('0000-0000-0000-0000')).toMatchObject({ granted: false });
    expect(await grant(codes[3])).toMatchObject({ granted: true });
    expect(
      (await mutate(server, 'factor.create', { methodId: 'totp' }, { headers: bearer(token) })).status,
    ).toBe(200);
  });

  it('two proofs in one batch are one guess: the second is refused and costs nothing', async () => {
    await using server = await startWithEveryMethod();
    const client = serviceClient(server);
    const { factor, confirmation, setup } = await client.factor.create.mutate({
      subjectId: 'ada',
      methodId: 'totp',
    });
    const app = createAuthenticator(setup);
    const code = app.wrong(server.clock.now());
    const json = { id: factor.id, confirmationId: confirmation!.id, data: { code } };
    const response = await fetch(`${server.url}/trpc/factor.confirm,factor.confirm?batch=1`, {
      method: 'POST',
      headers: { ...server.credential, 'content-type': 'application/json' },
      body: JSON.stringify({ 0: { json }, 1: { json } }),
    });
    expect(await response.json()).toMatchObject([
      { result: {} },
      { error: { json: { data: { reason: 'invalid_input' } } } },
    ]);
    const checked = await client.confirmation.check.query({ id: confirmation!.id });
    expect(checked.confirmation).toMatchObject({ attemptsLeft: 4 });
  });
});
