import { CountersignError } from '@countersign/core';
import { getTRPCErrorFromUnknown, tracked, type TrackedEnvelope } from '@trpc/server';
import { canEnd } from '../caller/credential-gate.ts';
import type { Edge } from '../context.ts';
import { logError } from '../error/log-error.ts';
import { withoutPrivateText } from '../error/public-error.ts';
import { streamKindOf } from '../telemetry/stream-kind.ts';

interface Call {
  readonly ctx: {
    readonly countersign: Edge;
    /** Aborted when the caller has left, or the credential has ended; only where it can end. */
    readonly ends?: AbortSignal | undefined;
  };
  readonly path: string;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Every stream of ours on its way out. Before each event it waits until the connection can take one: core
 * then hands out no more, and keeps what it has in the database. What fails while a stream runs gets its
 * public sentence here, since the middlewares have returned long ago.
 *
 * A credential is asked again before each event, and looked after in between: when it ends, the stream fails with
 * `unauthenticated`. It does not simply end: to a client that would mean that nothing more will come.
 */
export async function* trackedStream<Event extends { readonly id: string }>(
  events: AsyncIterable<Event>,
  { ctx: { countersign, ends: given }, path, signal }: Call,
): AsyncGenerator<TrackedEnvelope<Event>, void> {
  const ends = given ?? signal;
  const labels = { kind: streamKindOf(path) };
  try {
    for await (const event of events) {
      if (ends && !(await isReady(countersign, ends))) break;
      if (canEnd(countersign.caller))
        await countersign.credentials.assertCaller(countersign.caller, 'subscription');
      countersign.telemetry.add('stream_events', labels);
      yield tracked(event.id, event);
    }
    if (ends?.aborted === true && signal?.aborted !== true) throw new CountersignError('unauthenticated');
  } catch (cause) {
    const error = withoutPrivateText(getTRPCErrorFromUnknown(cause));
    logError(countersign.logger, error, path);
    throw error;
  }
}

/** False when the connection is closed. */
async function isReady({ connection }: Edge, signal: AbortSignal): Promise<boolean> {
  try {
    await connection?.ready(signal);
    return !signal.aborted;
  } catch {
    return false;
  }
}
