import { expect, it } from 'vitest';
import { openBank } from './support/bank.ts';

it('carries one authorization from its creation to its one use', async () => {
  await using bank = await openBank();
  const { client } = bank;
  const request = await client.authorizationRequest.create(bank.transferOf(250_000));
  expect(request).toMatchObject({ state: 'waiting', title: 'Transfer money' });
  expect(request.createdAt).toBeInstanceOf(Date);

  const waiting = request.granted();
  const proof = { method: 'otp', code: bank.newestCode() } as const;
  expect(await client.authorizationRequest.grant({ id: request.id, proof })).toMatchObject({ granted: true });
  expect(await waiting).toMatchObject({ state: 'granted', binding: 'server' });
  const use = { id: request.id, slug: 'transfer', subjectId: 'ada', data: request.data };
  expect(await client.authorizationRequest.consume(use)).toMatchObject({ consumed: true });
});
