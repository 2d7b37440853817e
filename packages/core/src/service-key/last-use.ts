import type { CoreServices } from '../context.ts';
import type { ServiceKeyInForce } from './row.ts';
import { markServiceKeyUsed } from './statement.ts';

/** Notes on which day a key was last used: beside the call, which does not wait for it and does not fail with it. */
export interface LastUse {
  note(key: ServiceKeyInForce): void;
  close(): Promise<void>;
}

const retryMs = 3_600_000;

/** One write a key and day, over all nodes; while writing fails, one a key and hour. */
export function createLastUse({
  clock,
  database,
  logger,
}: Pick<CoreServices, 'clock' | 'database' | 'logger'>): LastUse {
  const notedAt = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  async function write(id: string, day: string): Promise<void> {
    await database.pool.query(markServiceKeyUsed, { id, day }).catch((cause: unknown) => {
      logger.warn({ cause }, 'the last use of a service key cannot be noted');
    });
  }

  return {
    note({ id, last_used_on: lastUsedOn }) {
      const now = clock.now();
      const day = now.toISOString().slice(0, 10);
      if (lastUsedOn !== null && lastUsedOn >= day) return;
      const before = notedAt.get(id);
      if (before !== undefined && Math.abs(now.getTime() - before) < retryMs) return;
      notedAt.set(id, now.getTime());
      const written = write(id, day).finally(() => writing.delete(written));
      writing.add(written);
    },
    async close() {
      await Promise.all(writing);
    },
  };
}
