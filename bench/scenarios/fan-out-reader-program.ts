/** The streams of one node, each a subject's own over a WebSocket of its own. */
import { answerParent, orderOfParent } from '../answer-parent.ts';
import { subscribe } from '../load/subscriber.ts';
import { now } from '../now.ts';
import type { RpcAt } from './rpc-program.ts';

export interface ReaderOrder extends RpcAt {
  readonly streams: number;
}

/** What one stream was told, in order. */
export interface Told {
  readonly subjectId: string;
  readonly events: readonly ToldEvent[];
}

export interface ToldEvent {
  readonly eventId: string;
  readonly requestId: string;
  readonly at: number;
}

const openAtOnce = 50;
const { streams, ...target } = orderOfParent() as ReaderOrder;
const told: { subjectId: string; events: ToldEvent[] }[] = [];

for (let opened = 0; opened < streams; opened += openAtOnce) {
  const some = Array.from({ length: Math.min(openAtOnce, streams - opened) }, async (_, index) => {
    const subjectId = `subject-${opened + index}`;
    const events: ToldEvent[] = [];
    told.push({ subjectId, events });
    await subscribe(target, { subjectId, types: ['authorization_request.granted'] }, (text) => {
      const [, requestId] = /"about":\{"kind":"authorization_request","id":"(areq_\w+)"/.exec(text) ?? [];
      const [, eventId] = /"id":"(evt_\w+)"/.exec(text) ?? [];
      if (requestId !== undefined && eventId !== undefined) events.push({ eventId, requestId, at: now() });
    });
  });
  await Promise.all(some);
}

/** How many events there were so far, or all of them, once they are wanted. */
type Question = 'count' | 'told';

answerParent(
  {},
  (question) =>
    (question as Question) === 'count' ? told.reduce((sum, { events }) => sum + events.length, 0) : told,
  () => Promise.resolve(),
);
