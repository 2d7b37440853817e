import { CountersignError } from '@countersign/core';
import { canEnd } from '../caller/credential-gate.ts';
import { holderOf } from '../caller/holder-of.ts';
import type { Edge } from '../context.ts';
import { untilEnded } from '../stream/until-ended.ts';
import { t } from '../trpc/trpc.ts';

/**
 * So many streams at once for a subject, and for a connection, whoever's it is; and none for longer than the
 * credential it was opened with. In a middleware, so that it holds over whatever carries the stream, and inside a host's
 * router too.
 *
 * The place is held until the stream ends. A socket that died without a word holds its places until it has
 * missed a ping, so that a client that comes back may be told `rate_limited` for a minute at most.
 *
 * @throws CountersignError `rate_limited`.
 */
export const boundStreams = t.middleware(async ({ ctx, signal, next }) => {
  const leavePlaces = takePlaces(ctx.countersign);
  const credential = watchCredential(ctx.countersign, signal);
  const leave = () => {
    leavePlaces();
    credential.leave();
  };
  const result = await next({ ctx: { ends: credential.ends } });
  if (!result.ok) {
    leave();
    return result;
  }
  return { ...result, data: untilEnded(result.data as AsyncIterable<unknown>, signal, leave) };
});

interface WatchedCredential {
  /** Aborted when the caller leaves, or the credential ends. */
  readonly ends: AbortSignal | undefined;
  leave(): void;
}

function watchCredential({ caller, credentials }: Edge, left: AbortSignal | undefined): WatchedCredential {
  if (!canEnd(caller)) return { ends: left, leave: () => undefined };
  const ended = new AbortController();
  const leave = credentials.watch(caller, () => ended.abort());
  return { ends: left ? AbortSignal.any([left, ended.signal]) : ended.signal, leave };
}

function takePlaces({ caller, connection, streams }: Edge): () => void {
  const holder = holderOf(caller);
  const ofSubject = holder === null ? undefined : streams.ofSubject.take(holder);
  const ofConnection = connection === null ? undefined : streams.ofConnection.take(connection);
  const leave = () => {
    ofSubject?.();
    ofConnection?.();
  };
  if (ofSubject !== null && ofConnection !== null) return leave;
  leave();
  throw new CountersignError('rate_limited');
}
