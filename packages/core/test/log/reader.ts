import type pg from 'pg';
import type { EventView } from '../../src/index.ts';
import { formatId } from '../../src/id.ts';
import type { TestCore } from '../../testing/index.ts';
import type { Random } from '../../testing/random.ts';

/** An event as all readers tell it: whose it is, and its number there. */
export interface Told {
  readonly about: string;
  readonly sequence: number;
}

export interface Reader {
  readonly name: string;
  readonly told: Told[];
  /** Reads what is new; false when there was nothing. */
  read(): Promise<boolean>;
}

/** Pages through `event.list`, by the cursor that it was given. */
export function pagerOf(test: TestCore, limit: number): Reader {
  const told: Told[] = [];
  let after: string | null = null;
  return {
    name: `pages of ${limit}`,
    told,
    async read() {
      const { items, cursor } = await test.core.event.list(test.service, {
        ...(after !== null && { after }),
        limit,
      });
      told.push(...items.map(toldOf));
      after = cursor;
      return items.length > 0;
    },
  };
}

/** Remembers the last event it has worked through, and begins there again whenever it was cut off. */
export function reconnectingPagerOf(test: TestCore, random: Random): Reader {
  const told: Told[] = [];
  let last: string | undefined;
  return {
    name: 'pages, cut off at any event',
    told,
    async read() {
      const { items } = await test.core.event.list(test.service, {
        ...(last !== undefined && { after: last }),
        limit: 40,
      });
      const worked = items.slice(0, 1 + random.integer(items.length));
      told.push(...worked.map(toldOf));
      last = worked.at(-1)?.id ?? last;
      return items.length > 0;
    },
  };
}

/** A reader that is told by itself; `stop` fails if it has. */
export interface Follower extends Reader {
  stop(): Promise<void>;
}

/** The reader of the whole process, as streams and listeners use it. */
export function followerOf(test: TestCore): Follower {
  const told: Told[] = [];
  const leave = test.core.event.reader.subscribe((events) => told.push(...events.map(toldOf)));
  return { name: 'log reader', told, stop: async () => leave(), read: nothing };
}

const nothing = () => Promise.resolve(false);

/** What the sweep writes has random ids, by which nobody would read on: the naive readers are spared it. */
export const ofCalls = `type <> 'authorization_request.expired'`;

/** Naive: what is greater than the last one is new. `column` rises when a row is written, not when it commits. */
export function naiveReaderOf(sql: pg.Pool, column: 'id' | 'planted_number'): Reader {
  const told: Told[] = [];
  let last: string | null = null;
  return {
    name: `${column} > last`,
    told,
    async read() {
      const { rows } = await sql.query<{ place: string; about_id: string; sequence: number }>(
        `SELECT ${column} AS place, about_id, sequence FROM countersign.event
         WHERE ${ofCalls} AND ($1::text IS NULL OR ${column} > $1::${column === 'id' ? 'uuid' : 'bigint'}) ORDER BY ${column} LIMIT 50`,
        [last],
      );
      told.push(
        ...rows.map((row) => ({
          about: formatId('authorizationRequest', row.about_id),
          sequence: row.sequence,
        })),
      );
      last = rows.at(-1)?.place ?? last;
      return rows.length > 0;
    },
  };
}

export function toldOf({ about, sequence }: Pick<EventView, 'about' | 'sequence'>): Told {
  return { about: about.id, sequence };
}
