import { expect, it } from 'vitest';
import { authorizationLink, reasonOf } from '../../src/index.ts';
import { ceremonies } from '../support/ceremonies.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

/** Whether the client asks how the request stands. */
const isLook = (input: unknown): boolean =>
  typeof input === 'string' && input.includes('authorizationRequest.get');

const { bank, newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };

it.each(['websocket', 'sse'] as const)(
  'goes on when the stream is cut during the ceremony and the grant comes while it is away, over %s',
  async (transport) => {
    const ada = newPerson();
    const asked = ceremonies();
    const link = authorizationLink({ client: ada.connect({ transport }), ...asked });
    const trpc = hostClient(ada, link);
    const call = trpc.bank.transfer.mutate(data);
    const { request } = await asked.number(1);
    const { network } = bank();
    const refusedBefore = network.refused;
    network.mode = 'away';
    network.cut();
    await ada.approve(request.id);
    await expect.poll(() => network.refused).toBeGreaterThan(refusedBefore + 2);
    network.mode = 'through';
    expect(await call).toMatchObject({ sent: data.amountCents });
    expect(ada.runs()).toHaveLength(1);
  },
);

it('goes on when the network goes between the news of the grant and the look at it', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  let failures = 0;
  const client = ada.connect({
    retries: 0,
    async fetch(input, init) {
      if (asked.all.length > 0 && failures < 2 && isLook(input)) {
        failures += 1;
        throw new TypeError('the network is away');
      }
      return await fetch(input, init);
    },
  });
  const trpc = hostClient(ada, authorizationLink({ client, ...asked }));
  expect(await trpc.bank.transfer.mutate(data)).toMatchObject({ sent: data.amountCents });
  expect(failures).toBe(2);
});

it('gives the refusal back, and asks nobody, when the client may not see the request', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: newPerson().connect(), ...asked }));
  const error: unknown = await trpc.bank.transfer.mutate(data).catch((reason: unknown) => reason);
  expect(reasonOf(error)).toBe('authorization_required');
  expect(error).toMatchObject({ name: 'TRPCClientError', data: { httpStatus: 428 } });
  expect(asked.all).toEqual([]);
  expect(ada.runs()).toEqual([]);
});
