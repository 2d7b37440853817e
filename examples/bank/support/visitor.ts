import { createCountersignClient, type CountersignClient } from '@countersign/client';
import { createDevice, createDeviceKey, type Device } from '@countersign/client/device';
import { createTRPCClient, httpBatchLink, httpLink, type TRPCClient } from '@trpc/client';
import { randomUUID } from 'node:crypto';
import type { PersonId } from '../server/directory.ts';
import type { BankRouter } from '../server/router.ts';

/** Somebody with a browser of their own. */
export interface Visitor extends AsyncDisposable {
  readonly bank: TRPCClient<BankRouter>;
  /** The same, several calls in one request. */
  readonly batched: TRPCClient<BankRouter>;
  readonly countersign: CountersignClient;
  /** As the page fetches, with its cookie and its origin. */
  readonly fetch: typeof fetch;
}

export async function visit(url: string, person: PersonId = 'ada'): Promise<Visitor> {
  let cookie = '';
  const fetchAsPage: typeof fetch = async (input, init) => {
    const headers = { origin: url, cookie, ...(init?.headers as object) };
    const answer = await fetch(input, { ...init, headers });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  const options = { url: `${url}/bank/trpc`, fetch: fetchAsPage };
  const bank = createTRPCClient<BankRouter>({ links: [httpLink(options)] });
  await bank.session.open.mutate();
  if (person !== 'ada') await bank.session.switch.mutate({ person });
  const countersign = createCountersignClient({
    url: `${url}/trpc`,
    token: async () => (await bank.session.token.mutate()).token,
  });
  return {
    bank,
    batched: createTRPCClient<BankRouter>({ links: [httpBatchLink(options)] }),
    countersign,
    fetch: fetchAsPage,
    async [Symbol.asyncDispose]() {
      await countersign.close();
    },
  };
}

/** The phone page, without its page. */
export async function pairPhone(url: string, { bank }: Visitor, person: PersonId): Promise<Device> {
  const by = await createDeviceKey();
  const uuid = randomUUID();
  const { publicKey } = by;
  if (publicKey.kty !== 'EC') throw new Error('a phone has a key on P-256');
  const { deviceId } = await bank.phone.pair.mutate({ person, uuid, publicKey });
  return createDevice({
    connect: (token) => createCountersignClient({ url: `${url}/trpc`, token }),
    subjectId: person,
    uuid,
    by,
    id: deviceId ?? undefined,
  });
}
