import type { CountersignClient } from '../countersign-client.ts';
import type { CallOptions } from '../generated/client.ts';
import { challengeHandlerOf } from './challenge-handlers.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { createJointCall, type JointCall } from './joint-call.ts';
import type { OnChallenge } from './pending.ts';
import { pause } from '../pause.ts';
import { requestOf } from './refusal.ts';
import type { RefusedCall } from './refused-call.ts';
import { isInnerCall } from './turns.ts';

/** A grant does not wait longer for identical calls that hang: its time passes. */
const othersMaxMilliseconds = 3_000;

export interface AuthorizerOptions {
  /** Where requests are waited for and cancelled. */
  readonly client: CountersignClient;
  /** Asks the person. Absent: the dialog that is mounted for this client. */
  readonly onChallenge?: OnChallenge | undefined;
  /** Told what a call waits for, before the person is asked: with its id a page goes on after a reload (`resume`). */
  readonly onAsked?: ((request: AuthorizationRequest) => void) | undefined;
}

interface RunOptions<T> extends CallOptions {
  /** One answer for each of several calls, where one cannot be shared. */
  readonly copy?: (value: T) => T;
}

type Run = <T>(
  key: string,
  call: (signal: AbortSignal | undefined) => Promise<T>,
  options?: RunOptions<T>,
) => Promise<T>;

/** A call as it is made first, by itself. */
interface Attempt {
  /** Whoever waits for the authorization of the same, since before it was answered. */
  joint: JointCall | undefined;
  /** What an identical call of the same moment was answered: that one may have used the grant. */
  passed: { readonly value: unknown } | undefined;
  readonly ended: Promise<void>;
}

/** Who asks the person now; undefined when there is nobody. */
export function handlerOf({ client, onChallenge }: AuthorizerOptions): OnChallenge | undefined {
  return onChallenge ?? challengeHandlerOf(client);
}

/** What is below the authorizer, the link and the fetch: `Authorizer.run` tells what it promises. */
export function createRun(options: AuthorizerOptions): Run {
  const { client } = options;
  const attempts = new Map<string, Set<Attempt>>();
  const joints = new Map<string, JointCall>();

  return run;

  async function run<T>(
    key: string,
    call: (signal: AbortSignal | undefined) => Promise<T>,
    { signal, copy = (value) => value }: RunOptions<T> = {},
  ): Promise<T> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const attempt: Attempt = { joint: joints.get(key), passed: undefined, ended };
    const isInner = isInnerCall(client);
    const same = attempts.get(key) ?? new Set<Attempt>();
    attempts.set(key, same.add(attempt));
    let told: Promise<void> | undefined;
    let outcome: Promise<unknown>;
    try {
      const value = await call(signal);
      const isShared = attempt.joint !== undefined || same.size > 1;
      told = attempt.joint?.passed(value);
      for (const other of same) other.passed ??= { value };
      return isShared ? copy(value) : value;
    } catch (refusal) {
      const request = handlerOf(options) && (await requestOf(client, refusal));
      if (request === undefined) throw refusal;
      // What has been authorized since this call was made is the same, too.
      const known = [attempt.joint, joints.get(key)].find((joint) => joint?.includes(request));
      const joint = known ?? begin(key, { refusal, request, call, isInner });
      if (attempt.passed !== undefined) told = joint.passed(attempt.passed.value);
      outcome = joint.join(request, signal);
    } finally {
      void Promise.resolve(told).then(() => {
        same.delete(attempt);
        if (same.size === 0) attempts.delete(key);
        end();
      });
    }
    return copy((await outcome) as T); // By its key it is the answer to the same call.
  }

  function begin(
    key: string,
    refused: Pick<RefusedCall, 'refusal' | 'request' | 'call' | 'isInner'>,
  ): JointCall {
    const underWay = (): Attempt[] => [...(attempts.get(key) ?? [])];
    const joint = createJointCall({
      ...options,
      ...refused,
      handler: () => handlerOf(options),
      async others() {
        const waited = new AbortController();
        const all = Promise.all(underWay().map(({ ended }) => ended));
        await Promise.race([all, pause(othersMaxMilliseconds, waited.signal)]);
        waited.abort();
      },
    });
    joints.set(key, joint);
    void joint.over.then(() => joints.get(key) === joint && joints.delete(key));
    for (const attempt of underWay()) attempt.joint ??= joint;
    return joint;
  }
}
