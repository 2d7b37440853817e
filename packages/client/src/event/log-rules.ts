import { call, type Caller } from '../call/call.ts';
import type { Endpoint } from '../endpoint.ts';
import { recordOf } from '../error.ts';
import { procedures } from '../generated/procedures.ts';
import type { StreamInput, StreamRules } from '../stream/follow.ts';

/** A stream waits for this at its beginning, so it is asked once and not for long. */
const impatience = { retries: 0, answerMilliseconds: 5_000 };

/**
 * The log has no last event, and one that is read from now on begins at the cursor of its present end: cut
 * before its first event it would otherwise begin anew, at a later now.
 *
 * Without that cursor it begins when it is connected, as it would for any client: the token may cover streams
 * and not lists, or the server be an older one.
 */
export function logRules(caller: Caller, endpoint: Endpoint, { from }: StreamInput): StreamRules {
  const path = endpoint.pathOf('event.list');
  return {
    isLast: () => false,
    async beginning(signal) {
      if (from === 'start') return undefined;
      const end = call(
        { ...caller, ...impatience },
        path,
        procedures.event.list,
        { from: 'now' },
        { signal },
      );
      const { cursor } = recordOf(await end.catch(() => undefined));
      return typeof cursor === 'string' ? cursor : undefined;
    },
  };
}
