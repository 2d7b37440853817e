import { untilVisible } from '@countersign/core/testing';
import type { Bank } from './bank.ts';

/** Writes to the log in the background, past the network, until it is stopped. */
export interface Writer {
  /** Stops writing; then every event it wrote, in the order of the log. */
  stop(): Promise<string[]>;
}

export function startWriting({ server }: Bank): Writer {
  const caller = server.cs.createCaller({ kind: 'service' });
  let stopped = false;
  const writing = (async () => {
    for (let number = 0; !stopped; number += 1) {
      const { id } = await caller.authorizationRequest.create({
        slug: 'adhoc',
        subjectId: `subject-${number}`,
        title: 'Do it',
        deliverTo: { channel: 'email', address: `subject-${number}@example.org` },
      });
      await caller.authorizationRequest.cancel({ id });
    }
  })();
  return {
    async stop() {
      stopped = true;
      await writing;
      return await allEvents(server);
    },
  };
}

/** Once everything that is committed can be seen. */
export async function allEvents({ cs, database }: Bank['server']): Promise<string[]> {
  await untilVisible(database);
  const caller = cs.createCaller({ kind: 'service' });
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await caller.event.list({ after, limit: 500 });
    ids.push(...page.items.map(({ id }) => id));
    if (page.cursor === null || page.cursor === after) return ids;
    after = page.cursor;
  }
}
