import type { CoreServices } from '../context.ts';
import { eventData } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import type { KnownToken } from './cst1/accepted-token.ts';
import { rejectToken } from './statement/reject.ts';

/** Why a token was refused, and what was asked with it. */
export interface TokenRejection {
  /** A refusal of the verifier, or of who asks for scope and payment: a code, never a text of the caller. */
  readonly reason: string;
  /** A type of procedure, or an HTTP method. */
  readonly type?: string | undefined;
  readonly path?: string | undefined;
}

/** Writes down refusals of tokens, for the audit. Nobody waits for it, and it fails nobody. */
export interface RejectionLog {
  /**
   * `known` is the token when its signature was right. A forged one is told to the operator's log alone, by one line
   * a minute for each reason: a stranger must not be able to fill ours, and not that one either.
   */
  reject(known: KnownToken | null, rejection: TokenRejection): void;
  /** Waits for what is still to be written. */
  close(): Promise<void>;
}

const windowMs = 60_000;
/** Of one process in a minute. */
export const rejectionsPerMinuteMax = 600;
/** What was told in the last two minutes, so that what is not told is counted. */
const rememberedMax = 2 * rejectionsPerMinuteMax;
/** Of forged ones. The verifier has fewer; what is beyond is counted alone. */
const forgedReasonsMax = 32;
const pathCharactersMax = 200;

interface Told {
  readonly at: number;
  /** How many were not told since. */
  untold: number;
}

type Services = Pick<CoreServices, 'clock' | 'database' | 'ids' | 'logger' | 'wake'>;

/**
 * At most one event a minute for a token and reason, and 600 in all: the holder of a token that is refused would
 * otherwise write as often as they ask. One is written after the other, on one connection; what waits is bounded too.
 */
export function createRejectionLog(services: Services): RejectionLog {
  const { clock, database, ids, wake } = services;
  const logger = neverThrowing(services.logger);
  const told = new Map<string, Told>();
  const forged = new Map<string, Told>();
  let [windowAt, writtenInWindow, dropped] = [Number.NEGATIVE_INFINITY, 0, 0];
  let waiting = 0;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function write(known: KnownToken, rejection: TokenRejection, times: number): Promise<void> {
    const { reason } = rejection;
    const id = parseId('scopedToken', known.id);
    try {
      const [written] =
        id === null
          ? []
          : await database.pool.query(rejectToken, {
              now: clock.now(),
              eventContext: null,
              by: 'system',
              id,
              subjectId: known.subjectId,
              eventId: ids.uuid(),
              rejectedData: eventData('scoped_token.rejected', {
                reason,
                type: printable(rejection.type),
                path: pathOf(rejection.path),
                times,
              }),
            });
      if (written) wake([]);
      else logger.info({ reason, times }, 'a scoped token that was not issued here was refused');
    } catch (cause) {
      logger.warn({ cause, reason, times }, 'the refusal of a scoped token could not be written down');
    }
  }

  /** A new minute, by a clock that may go back as well. */
  function turnWindow(now: number): void {
    if (isWithin(windowAt, now)) return;
    [windowAt, writtenInWindow] = [now, 0];
    tellDropped();
  }

  function tellDropped(): void {
    if (dropped > 0) logger.warn({ times: dropped }, 'refusals of scoped tokens were not written down');
    dropped = 0;
  }

  function remember(name: string, now: number): void {
    told.delete(name);
    told.set(name, { at: now, untold: 0 });
    const [oldest] = told.entries();
    if (told.size <= rememberedMax || oldest === undefined) return;
    dropped += oldest[1].untold;
    told.delete(oldest[0]);
  }

  function rejectForged(reason: string, now: number): void {
    const before = forged.get(reason);
    if (before !== undefined && isWithin(before.at, now)) return void (before.untold += 1);
    if (before === undefined && forged.size >= forgedReasonsMax) return void (dropped += 1);
    forged.set(reason, { at: now, untold: 0 });
    tellForged(reason, 1 + (before?.untold ?? 0));
  }

  function tellForged(reason: string, times: number): void {
    logger.info({ reason, times }, 'a scoped token was refused');
  }

  return {
    reject(known, rejection) {
      const { reason } = rejection;
      const now = clock.now().getTime();
      turnWindow(now);
      if (known === null) return rejectForged(reason, now);
      const name = `${known.id} ${reason}`;
      const before = told.get(name);
      if (before !== undefined && isWithin(before.at, now)) return void (before.untold += 1);
      if (isClosed || writtenInWindow >= rejectionsPerMinuteMax || waiting >= rejectionsPerMinuteMax)
        return void (dropped += 1);
      writtenInWindow += 1;
      waiting += 1;
      remember(name, now);
      writing = writing
        .then(() => write(known, rejection, 1 + (before?.untold ?? 0)))
        .catch(() => undefined)
        .finally(() => (waiting -= 1));
    },
    async close() {
      isClosed = true;
      for (const { untold } of told.values()) dropped += untold;
      tellDropped();
      for (const [reason, { untold }] of forged) if (untold > 0) tellForged(reason, untold);
      forged.clear();
      await writing;
    },
  };
}

/** Who is refused must not see what the operator's log suffers from. */
function neverThrowing(logger: CoreServices['logger']): Pick<CoreServices['logger'], 'info' | 'warn'> {
  const quietly =
    (level: 'info' | 'warn') =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      try {
        logger[level](fields, message);
      } catch {
        // There is nowhere to say so.
      }
    };
  return { info: quietly('info'), warn: quietly('warn') };
}

function isWithin(at: number, now: number): boolean {
  return now >= at && now < at + windowMs;
}

/** Without a query, which can hold a credential; null for what is no path, or could be a credential itself. */
function pathOf(path: string | undefined): string | null {
  const [plain = ''] = path?.split('?', 1) ?? [];
  return plain.includes('cst1.') ? null : printable(plain);
}

function printable(text = ''): string | null {
  const cut = text.slice(0, pathCharactersMax);
  return /^[ -~]+$/.test(cut) ? cut : null;
}
