import {
  createCountersignClient,
  type ConnectionState,
  type CountersignClient,
  type TokenSource,
} from '@countersign/client';
import { createDevice, createDeviceKey, deviceKeyFrom, type Device } from '@countersign/client/device';
import type { PhoneView } from '../../server/views.ts';
import { bank } from './bank.ts';
import { loadPhone, savePhone } from './key-store.ts';

export interface OpenPhone {
  readonly name: string;
  readonly device: Device;
  /** With the device's own token. */
  readonly client: CountersignClient;
}

type Person = PhoneView['subjectId'];

interface Opening {
  readonly person: Person;
  /** Take the place of whichever phone the person has. */
  readonly isWanted: boolean;
  readonly onConnection: (state: ConnectionState) => void;
}

/**
 * This browser as the phone of a person; it pairs by itself the first time. Null when another browser has become the
 * phone since: then somebody has to say which one it is to be.
 */
export async function openPhone({ person, isWanted, onConnection }: Opening): Promise<OpenPhone | null> {
  // Two tabs that open at the same time are one phone.
  const paired = await navigator.locks.request(`acme-phone ${person}`, async () => {
    const owner = await bank.owner.query({ person });
    const stored = await loadPhone(person);
    if (stored !== null && stored.uuid === owner.uuid) return { owner, stored };
    if (stored !== null && owner.uuid !== null && !isWanted) return null;
    return await pair(person);
  });
  if (paired === null) return null;

  const { owner, stored } = paired;
  let client: CountersignClient | undefined;
  const device = createDevice({
    connect(token?: TokenSource) {
      client = createCountersignClient({ url: '/trpc', token, onConnection });
      return client;
    },
    subjectId: owner.subjectId,
    uuid: stored.uuid,
    by: await deviceKeyFrom(stored.pair),
    ...(owner.deviceId !== null && { id: owner.deviceId }),
  });
  if (client === undefined) throw new Error('a device connects');
  return { name: owner.name, device, client };
}

async function pair(person: Person) {
  const key = await createDeviceKey();
  const stored = { uuid: crypto.randomUUID(), pair: key.pair };
  const { publicKey } = key;
  if (publicKey.kty !== 'EC') throw new Error('the bank takes keys on P-256');
  const owner = await bank.pair.mutate({ person, uuid: stored.uuid, publicKey });
  await savePhone(person, stored);
  return { owner, stored };
}
