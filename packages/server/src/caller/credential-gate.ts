import { CountersignError, type Core, type PresentedToken } from '@countersign/core';
import { allowsProcedure, type ProcedureType } from '@countersign/core/scoped-token';
import type { Caller } from './caller.ts';

/** A procedure as a scope names it. */
export interface ProcedureCall {
  readonly type: ProcedureType;
  readonly path: string;
  /** Whether it is one that a granted request, carried by the token, may pay for; who admits it then makes it pay. */
  readonly isPayable?: boolean;
}

/** Asks a credential again, on every use: for each call of a batch, each message of a socket, each event of a stream. */
export interface CredentialGate {
  /**
   * @throws CountersignError `unauthenticated` when it has ended, was revoked, or its subject may not act any more;
   * `insufficient_scope` when it does not open this procedure; `unavailable_dependency` when nobody can say.
   */
  admit(presented: PresentedToken, call: ProcedureCall): Promise<void>;
  /** @throws CountersignError as {@link admit}, but for the scope. */
  assertAlive(presented: PresentedToken): Promise<void>;
  /**
   * The same of any caller. For one that the host vouches for there is nothing to ask.
   *
   * @throws CountersignError `unauthenticated`, `unavailable_dependency`.
   */
  assertCaller(caller: Caller): Promise<void>;
  /** Calls `onEnd` once, within a second or so, when the credential has ended or was revoked. Returns what stops it. */
  watch(caller: Caller, onEnd: () => void): () => void;
  /** Callers that are looked after now. */
  readonly watched: number;
  close(): void;
}

const lookMilliseconds = 1_000;

export interface CredentialGateOptions {
  readonly core: Core;
  readonly isActive: (subjectId: string) => Promise<boolean>;
}

export function createCredentialGate({ core, isActive }: CredentialGateOptions): CredentialGate {
  const { verifier, reject } = core.scopedToken;
  const watched = new Map<Caller, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;

  async function assertAlive({ accepted }: PresentedToken, type?: ProcedureType): Promise<void> {
    const verdict = await verifier.recheck(accepted);
    if (!verdict.ok) {
      reject(accepted, { reason: verdict.reason });
      throw new CountersignError('unauthenticated');
    }
    if (verdict.onlyQueries && type !== undefined && type !== 'query')
      throw new CountersignError('unavailable_dependency');
    if (await isActive(accepted.subjectId)) return;
    reject(accepted, { reason: 'inactive_subject' });
    throw new CountersignError('unauthenticated');
  }

  async function assertCaller(caller: Caller): Promise<void> {
    if (caller.kind === 'bearer') await assertAlive(caller.presented);
    else if (caller.kind === 'key' && !(await core.serviceKey.isInForce(caller.keyId)))
      throw new CountersignError('unauthenticated');
  }

  async function hasEnded(caller: Caller): Promise<boolean> {
    try {
      await assertCaller(caller);
      return false;
    } catch (error) {
      // While nobody can say, a stream waits: each event is asked for before it leaves.
      return error instanceof CountersignError && error.reason === 'unauthenticated';
    }
  }

  async function look(): Promise<void> {
    for (const [caller, ends] of watched) {
      if (!(await hasEnded(caller))) continue;
      watched.delete(caller);
      for (const end of ends) end();
    }
    timer = undefined;
    lookLater();
  }

  function lookLater(): void {
    if (watched.size > 0) timer ??= setTimeout(() => void look(), lookMilliseconds).unref();
  }

  return {
    async admit(presented, { type, path, isPayable = false }) {
      const { accepted } = presented;
      await assertAlive(presented, type);
      if (!allowsProcedure(accepted.scope, type, path)) {
        reject(accepted, { reason: 'out_of_scope', type, path });
        throw new CountersignError('insufficient_scope');
      }
      // It pays for one call of a guarded procedure, and opens nothing else. None of ours is guarded.
      if (accepted.restrictions.requests.length > 0 && !isPayable) {
        reject(accepted, { reason: 'not_payable', type, path });
        throw new CountersignError('insufficient_scope');
      }
    },
    assertAlive: (presented) => assertAlive(presented),
    assertCaller,
    watch(caller, onEnd) {
      if (!canEnd(caller)) return () => undefined;
      const ends = watched.get(caller) ?? new Set();
      watched.set(caller, ends.add(onEnd));
      lookLater();
      return () => {
        ends.delete(onEnd);
        if (ends.size === 0 && watched.get(caller) === ends) watched.delete(caller);
      };
    },
    get watched() {
      return watched.size;
    },
    close() {
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** Whether a caller's credential can end while its connection lasts. */
export function canEnd({ kind }: Caller): boolean {
  return kind === 'bearer' || kind === 'key';
}
