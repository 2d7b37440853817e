import type { CoreServices } from '../../context.ts';
import { hearNodes, type Wakers } from './hear.ts';
import { createTeller } from './tell.ts';

/** This process among those on the same database. */
export interface WakeUpNode {
  /** Tells the others what was committed here. */
  tell(changed: readonly string[]): void;
  /** Whether what others notify is heard now. */
  readonly isHearing: boolean;
  close(): Promise<void>;
}

/**
 * From now on: tells the others, and hears them. Its name keeps it from waking itself once more.
 *
 * A node that hears and has never heard of another tells nothing, so that the only process on a database pays for
 * nobody. Two that hear know of each other: whoever began later has asked, and the earlier one has answered.
 */
export function joinNodes(
  services: Pick<CoreServices, 'database' | 'logger' | 'randomness'>,
  wake: Wakers,
): WakeUpNode {
  const name = Buffer.from(services.randomness.bytes(8)).toString('hex');
  const teller = createTeller(services, name);
  let isAlone = true;
  const ear = hearNodes(services, name, {
    ...wake,
    met(isAsking) {
      if (isAlone) services.logger.debug({}, 'another node is there');
      isAlone = false;
      if (isAsking) teller.greet();
    },
  });
  return {
    get isHearing() {
      return ear.isHearing;
    },
    tell(changed) {
      if (!isAlone || !ear.isHearing) teller.tell(changed);
    },
    async close() {
      await Promise.all([teller.close(), ear.close()]);
    },
  };
}
