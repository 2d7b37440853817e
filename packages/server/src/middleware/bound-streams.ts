import { CountersignError } from '@countersign/core';
import { subjectOf } from '../actor/subject-of.ts';
import type { Edge } from '../context.ts';
import { untilEnded } from '../stream/until-ended.ts';
import { t } from '../trpc/trpc.ts';

/**
 * So many streams at once for a subject, and for a connection, whoever's it is. In a middleware, so that it
 * holds over whatever carries the stream, and inside a host's router too.
 *
 * The place is held until the stream ends. A socket that died without a word holds its places until it has
 * missed a ping, so that a client that comes back may be told `rate_limited` for a minute at most.
 *
 * @throws CountersignError `rate_limited`.
 */
export const boundStreams = t.middleware(async ({ ctx, signal, next }) => {
  const leave = takePlaces(ctx.countersign);
  const result = await next();
  if (!result.ok) {
    leave();
    return result;
  }
  return { ...result, data: untilEnded(result.data as AsyncIterable<unknown>, signal, leave) };
});

function takePlaces({ actor, connection, streams }: Edge): () => void {
  const subject = subjectOf(actor);
  const ofSubject = subject === null ? undefined : streams.ofSubject.take(subject);
  const ofConnection = connection === null ? undefined : streams.ofConnection.take(connection);
  const leave = () => {
    ofSubject?.();
    ofConnection?.();
  };
  if (ofSubject !== null && ofConnection !== null) return leave;
  leave();
  throw new CountersignError('rate_limited');
}
