import type { RegisterInput } from '../../../src/factor-management/device/schema.ts';
import { authenticationBytes } from '../../../src/method/methods/device/bytes.ts';
import { device } from '../../../src/method/methods/device.ts';
import { otp } from '../../../src/method/methods/otp.ts';
import type { CoreOptions } from '../../../src/core.ts';
import { createOutbox, openTestCore, type TestCore } from '../../../testing/index.ts';
import { testKey } from '../../method/device/keys.ts';

/** Core with devices and codes. */
export async function openDeviceCore(options: Partial<CoreOptions> = {}): Promise<TestCore> {
  const outbox = createOutbox();
  const test = await openTestCore({ methods: [otp({ send: outbox.send }), device()], ...options });
  return Object.assign(test, { outbox });
}

type Changes = Partial<RegisterInput>;

/** A device with a key of its own, registered by the service. */
export async function keyedPhone(test: TestCore, changes: Changes = {}, algorithm?: 'es256' | 'ed25519') {
  const key = testKey(algorithm);
  const given = { subjectId: 'ada', uuid: 'phone-1', publicKey: key.jwk as never, ...changes };
  const { device: registered } = await test.core.devices.register(test.service, given);
  const { subjectId, uuid } = given;
  /** Says who it is; what it says can be changed. */
  const said = async (other: { subjectId?: string; uuid?: string } = {}) => {
    const named = { subjectId, uuid, ...other };
    const { nonce } = await test.core.devices.nonce(test.service, named);
    const bytes = authenticationBytes({ device: named.uuid, nonce, subjectId: named.subjectId });
    return { ...named, nonce, signature: key.sign(bytes) };
  };
  return {
    device: registered,
    key,
    said,
    authenticate: async () => await test.core.devices.authenticate(test.service, await said()),
  };
}

/** A device with a secret of ours, registered by the service. */
export async function secretPhone(test: TestCore, changes: Changes = {}) {
  const given = { subjectId: 'ada', uuid: 'phone-1', ...changes };
  const { device: registered, secret } = await test.core.devices.register(test.service, given);
  const { subjectId, uuid } = given;
  const said = { subjectId, uuid, secret: secret ?? '' };
  return {
    device: registered,
    said,
    authenticate: async () => await test.core.devices.authenticate(test.service, said),
  };
}

export async function isAccepted({ core }: Pick<TestCore, 'core'>, token: string | null): Promise<boolean> {
  return (await core.scopedToken.verifier.verify(token ?? '', { carrier: 'h' })).ok;
}

export async function listed(test: TestCore, subjectId = 'ada') {
  return await test.core.devices.list(test.service, { subjectId });
}
