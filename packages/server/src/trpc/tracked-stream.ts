import { getTRPCErrorFromUnknown, tracked, type TrackedEnvelope } from '@trpc/server';
import type { Edge } from '../context.ts';
import { logError } from '../error/log-error.ts';
import { withoutPrivateText } from '../error/public-error.ts';

interface Call {
  readonly ctx: { readonly countersign: Edge };
  readonly path: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Every stream of ours on its way out. Before each event it waits until the connection can take one: core
 * then hands out no more, and keeps what it has in the database. What fails while a stream runs gets its
 * public sentence here, since the middlewares have returned long ago.
 *
 * The signal is the one thing that ends a stream from outside, in core too: the connection was closed. What
 * ends a credential (a token that expires, a device that is revoked) aborts it as well.
 */
export async function* trackedStream<Event extends { readonly id: string }>(
  events: AsyncIterable<Event>,
  { ctx: { countersign }, path, signal }: Call,
): AsyncGenerator<TrackedEnvelope<Event>, void> {
  try {
    for await (const event of events) {
      if (signal && !(await isReady(countersign, signal))) return;
      yield tracked(event.id, event);
    }
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
