import fc from 'fast-check';
import type { Database } from '../../src/database/executor.ts';
import type { HeardBus } from '../../src/event/bus-reader.ts';
import { formatPosition, isBefore, logStart, type Position } from '../../src/event/position.ts';
import { readNew } from '../../src/event/read.ts';
import { readRow, writeRow } from '../../src/event/row-text.ts';
import type { EventRow } from '../../src/event/row.ts';
import type { BusMessage } from '../../src/index.ts';
import { createMemoryBus, type MemoryBus } from './memory-bus.ts';
import { nthRow } from './rows.ts';

/** What can happen to a log, to the relay that publishes it, and to what carries its messages. */
export type Step =
  | { readonly kind: 'commit'; readonly count: number }
  /** The relay publishes all that is new. */
  | { readonly kind: 'relay' }
  /** As it should be: all that is under way arrives, in order. */
  | { readonly kind: 'flow' }
  /** One that has stood still, or was told to begin anew, publishes a part of the log once more. */
  | { readonly kind: 'stale'; readonly from: number; readonly count: number }
  | { readonly kind: 'deliver'; readonly at: number; readonly count: number; readonly keeps: boolean }
  | { readonly kind: 'lose'; readonly at: number }
  | { readonly kind: 'garble'; readonly at: number }
  | { readonly kind: 'away' | 'back' }
  | { readonly kind: 'wait'; readonly milliseconds: number };

const nat = fc.nat(1000);
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'relay' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'flow' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      from: nat,
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      at: nat,
      count: fc.integer({ min: 1, max: 6 }),
      keeps: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), at: nat }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('garble' as const), at: nat }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: 'away' as const },
      { kind: 'back' as const },
      { kind: 'back' as const },
    ),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(400) }) },
);

/** A log, a relay and a network, without a clock of their own: the test moves the time. */
export class SimulatedLog {
  readonly rows: EventRow[] = [];
  readonly bus: MemoryBus = createMemoryBus({ holdsBack: true });
  /** What was published and has not arrived. */
  readonly underWay: BusMessage[] = [];
  #relayed = 0;
  readonly #latencyMs: () => number;

  constructor(latencyMs: () => number) {
    this.#latencyMs = latencyMs;
  }

  /** Sealing is another matter, and has tests of its own. */
  get heard(): HeardBus {
    return { bus: this.bus, messages: { read: ({ row }) => readRow(row) } };
  }

  /** It answers with what was there when it was asked, after a while. */
  get database(): Database {
    const query = async (statement: unknown, asked: Position & { limit: number }) => {
      const found =
        statement === readNew
          ? this.rows.filter((row) => isBefore(asked, row)).slice(0, asked.limit)
          : [{ epoch: 0, txid: '0' }];
      await new Promise((resolve) => setTimeout(resolve, this.#latencyMs()));
      return found;
    };
    return { pool: { query } } as unknown as Database;
  }

  async step(step: Step, wait: (milliseconds: number) => Promise<unknown>): Promise<void> {
    switch (step.kind) {
      case 'commit':
        for (let n = 0; n < step.count; n += 1) this.rows.push(nthRow(this.rows.length));
        return;
      case 'relay':
        this.#publish(this.#relayed, this.rows.length);
        this.#relayed = this.rows.length;
        return;
      case 'stale': {
        const from = step.from % (this.rows.length + 1);
        return this.#publish(from, Math.min(from + step.count, this.rows.length));
      }
      case 'flow':
        return this.bus.deliver(this.underWay.splice(0));
      case 'deliver': {
        const at = step.at % (this.underWay.length + 1);
        this.bus.deliver(this.underWay.slice(at, at + step.count));
        if (!step.keeps) this.underWay.splice(at, step.count);
        return;
      }
      case 'lose':
        this.underWay.splice(step.at % (this.underWay.length + 1), 1);
        return;
      case 'garble': {
        const at = step.at % (this.underWay.length + 1);
        const garbled = this.underWay.splice(at, 1).map((one) => ({ ...one, row: one.row.slice(0, -1) }));
        this.underWay.splice(at, 0, ...garbled);
        return;
      }
      case 'away':
        return this.bus.leave();
      case 'back':
        return this.bus.comeBack();
      case 'wait':
        await wait(step.milliseconds);
    }
  }

  #publish(from: number, to: number): void {
    for (let n = from; n < to; n += 1) {
      const row = this.rows[n] as EventRow;
      const after = formatPosition(this.rows[n - 1] ?? logStart);
      this.underWay.push({ id: formatPosition(row), after, row: writeRow(row) });
    }
  }
}
