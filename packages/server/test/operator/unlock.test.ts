import { expect, it } from 'vitest';
import { createAuthenticator } from '../support/authenticator.ts';
import { serviceClient } from '../support/client.ts';
import { startWithEveryMethod } from '../support/every-method.ts';
import { mutate } from '../support/http.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData } from '../support/transfer.ts';

it('an operator gives a subject that has guessed too often another chance; subjects and devices cannot', async () => {
  await using server = await startWithEveryMethod({ operations: { transfer } });
  const client = serviceClient(server);
  const enrolled = { subjectId: 'ada', methodId: 'totp', confirmed: true };
  const { factor, setup } = await client.factor.create.mutate(enrolled);
  const app = createAuthenticator(setup);
  const grant = async (code: string, amountCents: number) => {
    const data = { ...transferData, amountCents };
    const input = { slug: 'transfer', subjectId: 'ada', data, idempotencyKey: `transfer-${amountCents}` };
    const { id } = await client.authorizationRequest.create.mutate(input);
    return await mutate(server, 'authorizationRequest.grant', { id, proof: { method: 'totp', code } });
  };
  let answer = await grant(app.wrong(server.clock.now()), 1);
  for (let attempt = 1; answer.status === 200 && attempt < 20; attempt += 1)
    answer = await grant(app.wrong(server.clock.now()), 1 + Math.floor(attempt / 4));
  expect(answer).toMatchObject({ status: 429, error: { data: { reason: 'factor_locked' } } });

  const input = { subjectId: 'ada', factorId: factor.id };
  const { cs } = server;
  const made = await cs
    .createCaller({ kind: 'operator' })
    .serviceKey.create({ title: 'console', role: 'operator' });
  const { token } = await issue(server, { scope: { rpc: { m: ['operator.unlock'] } } });
  expect(
    (await mutate(server, 'operator.unlock', input, { headers: bearer(token) })).error?.data.reason,
  ).toBe('forbidden');
  await expect(
    cs.createCaller({ kind: 'device', subjectId: 'ada', factorId: factor.id }).operator.unlock(input),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const operator = { headers: bearer(made.key ?? '') };
  const unknown = { ...input, subjectId: 'bob' };
  expect(await mutate(server, 'operator.unlock', unknown, operator)).not.toMatchObject({
    result: { unlocked: true },
  });

  const unlocked = await mutate(server, 'operator.unlock', input, operator);
  expect(unlocked).toMatchObject({ status: 200, result: { unlocked: true } });
  expect(await grant(app.code(server.clock.now()), 100)).toMatchObject({ result: { granted: true } });
});
