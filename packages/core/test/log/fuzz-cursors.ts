import { CountersignError, type CoreContext, type EventView } from '../../src/index.ts';
import { parsePosition } from '../../src/event/position.ts';
import type { TestCore } from '../../testing/index.ts';
import { claim } from '../race/attack/claim.ts';
import type { Random } from '../../testing/random.ts';
import { hostileCursor } from './hostile-cursor.ts';

/** What one actor may see. */
export interface Permitted {
  readonly subjectId: string;
  readonly requests: ReadonlySet<string>;
  readonly events: number;
}

export interface Fuzzing {
  readonly test: TestCore;
  readonly random: Random;
  readonly times: number;
  readonly actors: readonly { readonly context: CoreContext; readonly permitted: Permitted }[];
  /** True ids of events, of every subject. */
  readonly ids: readonly string[];
}

export interface Fuzzed {
  readonly refused: number;
  readonly pages: number;
  readonly events: number;
}

const atOnce = 20;

/** Hostile cursors, with and without filters, by subjects. Throws on an event that is not the subject's. */
export async function fuzzCursors(fuzzing: Fuzzing): Promise<Fuzzed> {
  const figures = { refused: 0, pages: 0, events: 0 };
  let left = fuzzing.times;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1;
        const events = await fuzzOnce(fuzzing);
        if (events === null) figures.refused += 1;
        else {
          figures.pages += 1;
          figures.events += events;
        }
      }
    }),
  );
  return figures;
}

/** How many events were shown; null when the cursor was refused. */
async function fuzzOnce({ test, random, actors, ids }: Fuzzing): Promise<number | null> {
  const { context, permitted } = random.pick(actors);
  const after = hostileCursor(random, ids);
  const filter = random.pick([
    {},
    { limit: 1 + random.integer(5) },
    { types: ['authorization_request.granted' as const] },
    { slug: 'transfer' },
    { subjectId: permitted.subjectId },
  ]);
  try {
    const { items, cursor } = await test.core.event.list(context, { after, ...filter });
    claim(items.length <= permitted.events, `more events than there are, after ${after}`);
    for (const item of items) judge(item, permitted, after);
    claim(
      cursor !== null && parsePosition(cursor) !== null,
      `a cursor that leads nowhere: ${cursor}, after ${after}`,
    );
    return items.length;
  } catch (error) {
    const refused = error instanceof CountersignError && error.reason === 'invalid_input';
    if (!refused) throw new Error(`not a coded refusal, after ${JSON.stringify(after)}`, { cause: error });
    return null;
  }
}

const privateKeys = ['by', 'sendsLeft', 'factorId', 'command'];

function judge(item: EventView, { subjectId, requests }: Permitted, after: string): void {
  const told = `${JSON.stringify(item)} after ${after}`;
  claim(item.subjectId === subjectId, `another subject's event: ${told}`);
  claim(requests.has(item.about.id), `another session's event: ${told}`);
  claim(item.context === null, `what the service passed along: ${told}`);
  const shown = Object.keys(item.data as object).filter((key) => privateKeys.includes(key));
  claim(shown.length === 0, `a private part of the payload: ${told}`);
}
