import type { CoreServices } from '../context.ts';
import { DeafError, listenOn } from '../event/wake-up/listen.ts';

/** Whether a notification comes back: `deaf` behind a pooler that gives each transaction another connection. */
export type Hearing = 'hears' | 'deaf' | 'away';

const times = { heartbeatMs: 1000, answerMs: 2000 };

/** Listens as a node does, until it has heard itself. */
export async function tryNotifications(
  services: Pick<CoreServices, 'database' | 'randomness'>,
): Promise<Hearing> {
  const connection = services.database.connect('countersign diagnosis');
  const begun = Promise.withResolvers<Hearing>();
  const node = Buffer.from(services.randomness.bytes(8)).toString('hex');
  const listening = listenOn(connection, services, times, {
    node,
    begun: () => begun.resolve('hears'),
    heard: () => undefined,
  }).catch((error: unknown): Hearing => (error instanceof DeafError ? 'deaf' : 'away'));
  const hearing = await Promise.race([begun.promise, listening]);
  await connection.end();
  await listening;
  return hearing;
}
