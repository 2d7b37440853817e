import { CountersignError } from '@countersign/core';
import { canEnd } from '../caller/credential-gate.ts';
import { holderOf } from '../caller/holder-of.ts';
import type { Edge } from '../context.ts';
import { untilEnded } from '../stream/until-ended.ts';
import { lifeOf } from '../stream/while-alive.ts';
import { streamKindOf } from '../telemetry/stream-kind.ts';
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
export const boundStreams = t.middleware(async ({ ctx, meta, signal, next }) => {
  const edge = ctx.countersign;
  const leavePlaces = takePlaces(edge);
  // Most callers of a long stream cannot end, and each copy of a context stays with its stream.
  const life = canEnd(edge.caller) ? lifeOf(edge) : null;
  const added = life === null ? {} : { ctx: { ends: anyOf(signal, life.ended) } };
  const result = await next<{ readonly ends?: AbortSignal }>(added);
  const { telemetry } = edge;
  const kind = streamKindOf(meta?.path);
  telemetry.change('streams', { kind }, 1);
  const leave = () => {
    leavePlaces();
    life?.leave();
    telemetry.change('streams', { kind }, -1);
  };
  if (!result.ok) {
    leave();
    return result;
  }
  return { ...result, data: untilEnded(result.data as AsyncIterable<unknown>, signal, leave) };
});

function anyOf(left: AbortSignal | undefined, ended: AbortSignal): AbortSignal {
  return left ? AbortSignal.any([left, ended]) : ended;
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
