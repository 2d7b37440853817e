import { setImmediate as turn } from 'node:timers/promises';
import type { CoreServices } from '../../context.ts';
import { within } from '../../within.ts';
import { changedText, hereText, idsMax, isWatched } from './message.ts';
import { sendNotification } from './statement.ts';

/** Tells the other nodes what this one has committed. */
export interface Teller {
  /** As `wake` of the services. Nobody waits for it. */
  tell(changed: readonly string[]): void;
  /** Tells no more than that this node is there. */
  greet(): void;
  /** What is still to be told is told first. */
  close(): Promise<void>;
}

/** Between two notifications: at this pace they cost a seventh of the commits under full load, without a pause a third. */
const pauseMs = 5;

/**
 * What one turn of the process commits is told together, and then what was committed while that was told and in the
 * pause after it. Polling is the truth: what cannot be told is not tried again.
 */
export function createTeller(
  { database, logger }: Pick<CoreServices, 'database' | 'logger'>,
  node: string,
): Teller {
  const ids = new Set<string>();
  let [hasNews, isGreeting] = [false, false];
  let isClosing = false;
  let pause = Promise.withResolvers<void>();
  let telling: Promise<void> | null = null;

  async function tellAll(): Promise<void> {
    await turn();
    while (hasNews || isGreeting) {
      const payload = hasNews ? changedText(node, ids) : hereText(node);
      ids.clear();
      [hasNews, isGreeting] = [false, false];
      await database.pool.query(sendNotification, { payload }).catch((cause: unknown) => {
        logger.debug({ cause }, 'other nodes could not be told of a commit; they will see it when they poll');
      });
      pause = Promise.withResolvers(); // Anew each time: one that lives on keeps everything that waited for it.
      if (!isClosing) await within(pauseMs, pause.promise, undefined);
    }
    telling = null;
  }

  return {
    tell(changed) {
      hasNews = true;
      // One id beyond the limit is as good as all of them: nothing grows while the database does not answer.
      for (const id of changed) if (isWatched(id) && ids.size <= idsMax) ids.add(id);
      telling ??= tellAll();
    },
    greet() {
      isGreeting = true;
      telling ??= tellAll();
    },
    async close() {
      isClosing = true;
      pause.resolve();
      await telling;
    },
  };
}
