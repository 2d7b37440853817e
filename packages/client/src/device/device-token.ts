import type { DeviceProcedures } from './device-client.ts';
import type { DeviceKey } from './device-key.ts';
import { signAuthentication } from './sign.ts';

/** Who a device is, and by what it shows that. */
export interface DeviceIdentity {
  /** Whose device it is: an id of the host. */
  readonly subjectId: string;
  /** What the device calls itself; as it was registered. */
  readonly uuid: string;
  /** Its key, or where it has none the secret that `device.register` has shown. */
  readonly by: DeviceKey | string;
}

/** The token of a device, had anew before it ends. */
interface DeviceToken {
  current(): Promise<string>;
  /** It was refused though it has not ended. */
  forget(): void;
}

/** So long before its end another one is asked for, and no later than when half of its time is over. */
const aheadMilliseconds = 60_000;

export function createDeviceToken(
  procedures: DeviceProcedures,
  { subjectId, uuid, by }: DeviceIdentity,
  now: () => number,
): DeviceToken {
  let held: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function authenticate() {
    if (typeof by === 'string') return await procedures.authenticate({ uuid, subjectId, secret: by });
    const { nonce } = await procedures.nonce({ uuid, subjectId });
    const signature = await signAuthentication(by, { device: uuid, nonce, subjectId });
    return await procedures.authenticate({ uuid, subjectId, nonce, signature });
  }

  /** A call whose answer was lost is repeated by the client, and the token is shown only once: it begins anew. */
  async function renew(): Promise<string> {
    for (let turn = 0; turn < 3; turn += 1) {
      const { token, expiresAt } = await authenticate();
      if (token === null) continue;
      const left = expiresAt.getTime() - now();
      held = { token, until: now() + Math.max(left - aheadMilliseconds, left / 2) };
      return token;
    }
    throw new Error('The token of the device could not be read.');
  }

  return {
    async current() {
      if (held !== undefined && now() < held.until) return held.token;
      asking ??= renew().finally(() => (asking = undefined));
      return await asking;
    },
    forget() {
      held = undefined;
    },
  };
}
