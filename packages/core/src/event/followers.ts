import type { Logger } from '../ports.ts';
import type { EventRow } from './row.ts';

/** One that is told what the reader reads. It takes what it can at once: the reader waits for nobody. */
export interface LogFollower {
  /** Only the events of this subject; default all of them. */
  readonly subjectId?: string | null;
  /** In the order of the log; the same rows for every follower. */
  told(rows: readonly EventRow[]): void;
  /** The reader was closed. */
  ended(): void;
}

/** Those who are told, found by what they want: ten thousand streams of as many subjects cost an event one call. */
export class Followers {
  readonly #logger: Logger;
  readonly #ofEverything = new Set<LogFollower>();
  readonly #ofSubject = new Map<string, Set<LogFollower>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get isEmpty(): boolean {
    return this.#ofEverything.size === 0 && this.#ofSubject.size === 0;
  }

  /** Returns a remover. */
  add(follower: LogFollower): () => void {
    const subjectId = follower.subjectId ?? null;
    if (subjectId === null) {
      this.#ofEverything.add(follower);
      return () => void this.#ofEverything.delete(follower);
    }
    const others = this.#ofSubject.get(subjectId) ?? new Set();
    this.#ofSubject.set(subjectId, others.add(follower));
    return () => {
      others.delete(follower);
      if (others.size === 0 && this.#ofSubject.get(subjectId) === others) this.#ofSubject.delete(subjectId);
    };
  }

  tell(rows: readonly EventRow[]): void {
    for (const follower of this.#ofEverything) this.#tellOne(follower, rows);
    if (this.#ofSubject.size === 0) return;
    for (const [subjectId, some] of this.#bySubject(rows))
      for (const follower of this.#ofSubject.get(subjectId) ?? []) this.#tellOne(follower, some);
  }

  end(): void {
    const all = [...this.#ofEverything, ...[...this.#ofSubject.values()].flatMap((some) => [...some])];
    this.#ofEverything.clear();
    this.#ofSubject.clear();
    for (const follower of all) follower.ended();
  }

  /** Those that somebody wants, each in its order. */
  #bySubject(rows: readonly EventRow[]): Map<string, EventRow[]> {
    const bySubject = new Map<string, EventRow[]>();
    for (const row of rows) {
      if (row.subject_id === null || !this.#ofSubject.has(row.subject_id)) continue;
      const some = bySubject.get(row.subject_id);
      if (some) some.push(row);
      else bySubject.set(row.subject_id, [row]);
    }
    return bySubject;
  }

  #tellOne(follower: LogFollower, rows: readonly EventRow[]): void {
    try {
      follower.told(rows);
    } catch (error) {
      this.#logger.error({ cause: error }, 'a listener of the log failed');
    }
  }
}
