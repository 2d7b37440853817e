/** One event, as far as a reader's promises are about it. */
export interface ToldEvent {
  readonly id: string;
  readonly about: { readonly id: string };
  readonly sequence: number;
  readonly context: unknown;
}

/** One event as it is in the tables, with everything that decides who may see it. */
export interface LoggedEvent {
  readonly id: string;
  readonly subjectId: string | null;
  readonly sessionId: string | null;
}

/** Whose stream it is; null: the service's. */
export interface Reader {
  readonly subjectId: string;
  readonly sessionId: string | null;
}

export interface Faults {
  /** In the log, visible to this reader, and never told. */
  readonly lost: number;
  readonly twice: number;
  /** Told after one that stands behind it in the log. */
  readonly misplaced: number;
  /** Told after a later one of the same request. */
  readonly misplacedInRequest: number;
  /** In the log, and not for this reader: another subject's, another session's. */
  readonly foreign: number;
  /** Nowhere in the log. */
  readonly invented: number;
  /** With the context that is the service's alone. */
  readonly indiscreet: number;
}

export const faultless: Faults = {
  lost: 0,
  twice: 0,
  misplaced: 0,
  misplacedInRequest: 0,
  foreign: 0,
  invented: 0,
  indiscreet: 0,
};

/** What a reader was told beside the log, which is in its order. */
export function compare(
  log: readonly LoggedEvent[],
  reader: Reader | null,
  told: readonly ToldEvent[],
): Faults {
  const places = new Map(log.map(({ id }, place) => [id, place]));
  const visible = new Set(log.filter((event) => mayRead(reader, event)).map(({ id }) => id));
  const heard = new Set(told.map(({ id }) => id));
  const distinct = [...heard];
  return {
    lost: [...visible].filter((id) => !heard.has(id)).length,
    twice: told.length - heard.size,
    misplaced: countFalling(
      told,
      () => '',
      ({ id }) => places.get(id) ?? -1,
    ),
    misplacedInRequest: countFalling(
      told,
      ({ about }) => about.id,
      ({ sequence }) => sequence,
    ),
    foreign: distinct.filter((id) => places.has(id) && !visible.has(id)).length,
    invented: distinct.filter((id) => !places.has(id)).length,
    indiscreet: reader === null ? 0 : told.filter(({ context }) => context !== null).length,
  };
}

/** Written anew and simply, not taken from what is looked at: the contract, §3. */
function mayRead(reader: Reader | null, { subjectId, sessionId }: LoggedEvent): boolean {
  if (reader === null) return true;
  if (subjectId !== reader.subjectId) return false;
  return sessionId === null || sessionId === reader.sessionId;
}

/** How often a number is less than one before it in the same group. */
function countFalling(
  told: readonly ToldEvent[],
  groupOf: (event: ToldEvent) => string,
  numberOf: (event: ToldEvent) => number,
): number {
  const highest = new Map<string, number>();
  return told.filter((event) => {
    const [group, number] = [groupOf(event), numberOf(event)];
    const before = highest.get(group) ?? -1;
    highest.set(group, Math.max(before, number));
    return number < before;
  }).length;
}
