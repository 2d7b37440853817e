import type { CoreServices } from '../../context.ts';
import { formatId } from '../../id.ts';
import { countRefusal } from './statement/authenticate.ts';

/** Counts in a device's row what was said in its name and was not right. */
export interface DeviceRefusals {
  /** Nobody waits for it: how long a refusal takes does not tell whether there is such a device. */
  count(deviceUuid: string): void;
  /** Waits for what is still being counted. */
  close(): Promise<void>;
}

/** So many are counted at a time; in a flood the others are let go. */
const pendingMax = 4;

export function createDeviceRefusals({ database, clock, logger }: CoreServices): DeviceRefusals {
  const pending = new Set<Promise<void>>();

  async function write(id: string): Promise<void> {
    const device = formatId('factor', id);
    try {
      const [counted] = await database.pool.query(countRefusal, { id, nowMs: clock.now().getTime() });
      if (counted) logger.info({ device, count: counted.count }, 'a device could not say who it is');
    } catch (cause) {
      logger.warn({ device, cause }, 'a refusal of a device could not be counted');
    }
  }

  return {
    count(id) {
      if (pending.size >= pendingMax) return;
      const writing = write(id).finally(() => pending.delete(writing));
      pending.add(writing);
    },
    async close() {
      await Promise.all(pending);
    },
  };
}
