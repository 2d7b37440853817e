import type { CallOptions } from '../generated/client.ts';
import type { AuthorizationRequest, AuthorizationRequestGrantOutput, Proof } from '../generated/schema.ts';
import type { TokenSource } from '../options.ts';
import { now as clock } from '../runtime.ts';
import type { DeviceClient } from './device-client.ts';
import { createDeviceToken, type DeviceIdentity } from './device-token.ts';
import { nonceOf } from './nonce.ts';
import { createPrompts } from './prompts.ts';
import { isRefusedAs } from './refused.ts';
import { signDecision } from './sign.ts';
import { displayHashOf } from './signed-bytes.ts';

export interface DeviceOptions extends DeviceIdentity {
  /**
   * Makes a client: `(token) => createCountersignClient({ url, token })`. It is asked twice: without a token, to say
   * who the device is, and with the device's own.
   */
  readonly connect: (token?: TokenSource) => DeviceClient;
  /** The id of its factor, from `device.register`: what is asked of another device is left out then. */
  readonly id?: string | undefined;
  /** Milliseconds since 1970, where the server's time is known better than by the clock of the device. */
  readonly now?: (() => number) | undefined;
}

/** What a device is shown, and decides about. */
export type Prompt = Pick<
  AuthorizationRequest,
  'id' | 'title' | 'description' | 'facts' | 'dataHash' | 'displayHash' | 'challenge'
>;

/** A registered device: it shows what waits for its subject's approval, and answers with its own proof. */
export interface Device {
  readonly subjectId: string;
  readonly uuid: string;
  /** Its token, which is had anew before it ends; to call other procedures that devices may call. */
  token(): Promise<string>;
  /** What waits for an answer by this device, newest first. */
  waiting(options?: CallOptions): Promise<AuthorizationRequest[]>;
  /**
   * What waits, and from then on whatever this device is asked, each time it is: for ever, across any number of
   * connections, until the loop is left or the signal given.
   *
   * @throws CountersignError `unauthenticated` when the device is no longer registered.
   */
  prompts(options?: CallOptions): AsyncIterable<AuthorizationRequest>;
  /**
   * Grants exactly what the prompt shows. `digits` are what the person reads on the screen that asked and types here;
   * a wrong entry is an answer, `granted: false`, and ends the challenge.
   *
   * @throws TypeError for a request that asks no device, or whose hash is not that of what it shows;
   * CountersignError as `authorizationRequest.grant`.
   */
  approve(prompt: Prompt, digits: string): Promise<AuthorizationRequestGrantOutput>;
  /**
   * Refuses, signed if the device has a key. `not_me` says that somebody else has started it: signed, it is reported
   * and the device is left in peace for a while; without a key it is recorded as declined.
   *
   * @throws CountersignError as `authorizationRequest.deny`.
   */
  deny(prompt: Prompt, reason?: 'declined' | 'not_me'): Promise<AuthorizationRequest>;
  /** Ends every stream and every call. */
  close(): Promise<void>;
}

/**
 * The device side of a subject's phone: it says who it is, keeps its token fresh, and answers.
 *
 * @example
 * ```ts
 * const connect = (token?: TokenSource) => createCountersignClient({ url, token });
 * const device = createDevice({ connect, subjectId: 'ada', uuid, by: await deviceKeyFrom(stored) });
 * for await (const request of device.prompts()) {
 *   const { digits } = await ask(request.title, request.facts);
 *   await (digits === null ? device.deny(request, 'not_me') : device.approve(request, digits));
 * }
 * ```
 */
export function createDevice(options: DeviceOptions): Device {
  const { subjectId, uuid, by } = options;
  const stranger = options.connect();
  const held = createDeviceToken(stranger.device, options, options.now ?? clock);
  const client = options.connect(() => held.current());

  /** A token can be refused before its time; then there is another one, unless the device is not one any more. */
  async function withToken<Answer>(run: () => Promise<Answer>): Promise<Answer> {
    try {
      return await run();
    } catch (error) {
      if (!isRefusedAs(error, 'unauthenticated')) throw error;
      held.forget();
      return await run();
    }
  }

  const { waiting, prompts } = createPrompts(client, { withToken, forget: held.forget, id: options.id });

  /** Undefined where nothing can be signed: the device has no key, or is not asked. */
  async function signed(
    prompt: Prompt,
    decision: 'grant' | 'deny',
    digits: string,
  ): Promise<Proof | undefined> {
    const { id: request, dataHash, displayHash, challenge } = prompt;
    const nonce = nonceOf(challenge);
    if (typeof by === 'string' || challenge === null || nonce === null) return undefined;
    if ((await displayHashOf(prompt)) !== displayHash)
      throw new TypeError('the hash of this request is not that of what it shows');
    const { expiresAt } = challenge;
    const said = { decision, device: uuid, digits, request, dataHash, displayHash, nonce, expiresAt };
    return { method: 'device', uuid, signature: await signDecision(by, said), decision, digits };
  }

  return {
    subjectId,
    uuid,
    token: () => held.current(),
    waiting,
    prompts,
    async approve(prompt, digits) {
      if (nonceOf(prompt.challenge) === null) throw new TypeError('this request asks no device');
      const proof =
        typeof by === 'string'
          ? { method: 'device', uuid, secret: by, digits }
          : await signed(prompt, 'grant', digits);
      return await withToken(() => client.authorizationRequest.grant({ id: prompt.id, proof }));
    },
    async deny(prompt, reason = 'declined') {
      // Refusing must always be possible, also what cannot be signed.
      const proof = await signed(prompt, 'deny', '').catch(() => undefined);
      return await withToken(() => client.authorizationRequest.deny({ id: prompt.id, reason, proof }));
    },
    async close() {
      await Promise.all([stranger.close(), client.close()]);
    },
  };
}
