import type { EventView } from '../../src/index.ts';
import { archive } from '../../src/maintenance/archive.ts';
import type { EventListInput } from '../../src/event/schema.ts';
import { untilVisible, type TestCore } from '../../testing/index.ts';
import { createTransfer, rightProof, transferData, wrongProof } from '../fixtures.ts';

/** A request from its creation to its consumption: five events. Returns its id. */
export async function liveOne(test: TestCore, subjectId = 'ada'): Promise<string> {
  const { grant, consume } = test.core.authorizationRequest;
  const { id } = await createTransfer(test, { subjectId });
  await grant(test.service, { id, proof: wrongProof(test, subjectId) });
  await grant(test.service, { id, proof: rightProof(test, subjectId) });
  await consume(test.service, { id, slug: 'transfer', subjectId, data: transferData });
  return id;
}

/** Three requests of two people a week and a day ago, and one of today. */
export async function liveThroughAWeek(test: TestCore): Promise<{ old: string[]; young: string }> {
  const old = [await liveOne(test), await liveOne(test, 'grace'), await liveOne(test)];
  test.clock.advance({ days: 8 });
  const young = await liveOne(test);
  await untilVisible(test.database);
  return { old, young };
}

/** Batches until nothing more is due. */
export async function archiveAll(test: TestCore, archiveAfterDays = 7): Promise<number> {
  await untilVisible(test.database);
  let sum = 0;
  for (;;) {
    const moved = await archive(test.service, { archiveAfterDays });
    if (!moved) return sum;
    sum += moved;
  }
}

/** The whole log as `event.list` shows it, page by page. */
export async function readAll(test: TestCore, input: EventListInput = {}): Promise<EventView[]> {
  const events: EventView[] = [];
  let after = input.after;
  for (;;) {
    const page = await test.core.event.list(test.service, { ...input, after });
    events.push(...page.items);
    if (page.cursor === null || page.cursor === after) return events;
    after = page.cursor;
  }
}

/** How many events stand where. */
export async function countEvents(test: TestCore): Promise<{ end: number; archive: number }> {
  const { rows } = await test.database.sql.query<{ end: number; archive: number }>(
    `SELECT (SELECT count(*)::int FROM countersign.event) AS end, (SELECT count(*)::int FROM countersign.event_archive) AS archive`,
  );
  return rows[0] ?? { end: 0, archive: 0 };
}
