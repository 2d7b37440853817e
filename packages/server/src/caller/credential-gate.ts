import { CountersignError, type AcceptedToken, type Core, type PresentedToken } from '@countersign/core';
import { allowsProcedure, type ProcedureType } from '@countersign/core/scoped-token';
import type { Caller } from './caller.ts';
import { createCredentialWatch } from './credential-watch.ts';
import { scopeOverOurs } from './scope-over-ours.ts';

/** A procedure as a scope names it. */
export interface ProcedureCall {
  readonly type: ProcedureType;
  readonly path: string;
  /** Whether it is one that a granted request, carried by the token, may pay for; who admits it then makes it pay. */
  readonly isPayable?: boolean;
  /** Whether it is one of ours, by its path relative to our router. */
  readonly isOurs?: boolean;
}

/** Asks a credential again, on every use: for each call of a batch, each message of a socket, each event of a stream. */
export interface CredentialGate {
  /**
   * @throws CountersignError `unauthenticated` when it has ended, was revoked, or its subject may not act any more;
   * `insufficient_scope` when it does not open this procedure; `unavailable_dependency` when nobody can say.
   */
  admit(presented: PresentedToken, call: ProcedureCall): Promise<void>;
  /**
   * The token as it stands now.
   *
   * @throws CountersignError as {@link admit}, but for the scope.
   */
  assertAlive(presented: PresentedToken): Promise<AcceptedToken>;
  /**
   * The same of any caller of a stream or call. For one that the host vouches for there is nothing to ask.
   *
   * @throws CountersignError `unauthenticated`, `unavailable_dependency`.
   */
  assertCaller(caller: Caller, type: ProcedureType): Promise<void>;
  /** Calls `onEnd` once, within a second or so, when the credential has ended or was revoked. Returns what stops it. */
  watch(caller: Caller, onEnd: () => void): () => void;
  /** Callers that are looked after now. */
  readonly watched: number;
  close(): void;
}

export interface CredentialGateOptions {
  readonly core: Core;
  readonly isActive: (subjectId: string) => Promise<boolean>;
}

export function createCredentialGate({ core, isActive }: CredentialGateOptions): CredentialGate {
  const { verifier, reject } = core.scopedToken;

  /** The token itself, from memory; the host is not asked. */
  async function recheck({ accepted }: PresentedToken): Promise<AcceptedToken> {
    const verdict = await verifier.recheck(accepted);
    if (verdict.ok) return verdict;
    reject(accepted, { reason: verdict.reason });
    const isUnknown = verdict.reason === 'revocations_unknown';
    throw new CountersignError(isUnknown ? 'unavailable_dependency' : 'unauthenticated');
  }

  async function assertActive({ accepted }: PresentedToken): Promise<void> {
    if (await isActive(accepted.subjectId)) return;
    reject(accepted, { reason: 'inactive_subject' });
    throw new CountersignError('unauthenticated');
  }

  async function assertAlive(presented: PresentedToken, type?: ProcedureType): Promise<AcceptedToken> {
    const now = await recheck(presented);
    if (now.onlyQueries && type !== undefined && type !== 'query')
      throw new CountersignError('unavailable_dependency');
    await assertActive(presented);
    return now;
  }

  async function assertKey(keyId: string): Promise<void> {
    if (!(await core.serviceKey.isInForce(keyId))) throw new CountersignError('unauthenticated');
  }

  const watch = createCredentialWatch({
    hasEnded: (caller) =>
      isRefused(async () => {
        if (caller.kind === 'bearer') await recheck(caller.presented);
        if (caller.kind === 'key') await assertKey(caller.keyId);
      }),
    isInactive: (caller) =>
      isRefused(async () => {
        if (caller.kind === 'bearer') await assertActive(caller.presented);
      }),
  });

  return {
    async admit(presented, { type, path, isPayable = false, isOurs = false }) {
      const { accepted } = presented;
      await assertAlive(presented, type);
      const scope = isOurs ? scopeOverOurs(accepted.scope) : accepted.scope;
      if (!allowsProcedure(scope, type, path)) {
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
    async assertCaller(caller, type) {
      if (caller.kind === 'bearer') await assertAlive(caller.presented, type);
      if (caller.kind === 'key') await assertKey(caller.keyId);
    },
    watch: (caller, onEnd) => (canEnd(caller) ? watch.watch(caller, onEnd) : () => undefined),
    get watched() {
      return watch.size;
    },
    close: () => watch.close(),
  };
}

/** While nobody can say, a stream waits: each event is asked for before it leaves. */
async function isRefused(ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return false;
  } catch (error) {
    return error instanceof CountersignError && error.reason === 'unauthenticated';
  }
}

/** Whether a caller's credential can end while its connection lasts. */
export function canEnd({ kind }: Caller): boolean {
  return kind === 'bearer' || kind === 'key';
}
