import * as devalue from 'devalue';
import { SuperJSON } from 'superjson';
import { describe, expect, it } from 'vitest';
import { authorizationLink, type PendingAuthorization, type TransformerOption } from '../../src/index.ts';
import { carriers, hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const transformers: Record<string, Exclude<TransformerOption, undefined>> = {
  'plain JSON': null,
  superjson: new SuperJSON(),
  devalue: {
    serialize: (value) => devalue.stringify(value),
    deserialize: (text): unknown => devalue.parse(text as string),
  },
};
const data = { to: 'GB29', amountCents: 250_000 };

describe.each(Object.keys(transformers))('in a host that speaks %s', (name) => {
  const transformer = transformers[name]!;
  const { newPerson } = sharedBank(transformer);

  it.each(carriers)('makes the call again over %s once it is granted', async (by) => {
    const ada = newPerson();
    const asked: PendingAuthorization[] = [];
    const link = authorizationLink({
      client: ada.connect({ transport: by === 'http' ? 'sse' : 'websocket' }),
      onChallenge: (pending) => {
        asked.push(pending);
        void ada.approve(pending.request.id);
      },
    });
    const trpc = hostClient(ada, link, { by, transformer });
    expect(await trpc.bank.transfer.mutate(data)).toMatchObject({ sent: 250_000 });
    expect(asked).toHaveLength(1);
    const [{ request, signal }] = asked as [PendingAuthorization];
    expect(request).toMatchObject({ slug: 'transfer', data, state: 'waiting' });
    expect(request.expiresAt).toBeInstanceOf(Date);
    expect(request.challenge?.resendAfter).toBeInstanceOf(Date);
    expect(signal.aborted).toBe(true);
    expect(ada.runs()).toHaveLength(1);
    expect(await ada.requests()).toMatchObject([{ id: request.id, state: 'granted' }]);
  });
});
