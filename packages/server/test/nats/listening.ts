import type { BusMessage, EventBus } from '@countersign/server';
import { createHash } from 'node:crypto';

/** What somebody has heard of a bus. */
export interface Heard {
  readonly ids: string[];
  /** Goings and comings, in their order. */
  readonly happened: string[];
  readonly causes: string[];
}

export async function listenTo(bus: EventBus): Promise<Heard> {
  const heard: Heard = { ids: [], happened: [], causes: [] };
  await bus.listen({
    received: (some) => heard.ids.push(...some.map(({ id }) => id)),
    away(cause) {
      // Once for each reason: it ended, and then it is not there.
      if (heard.happened.at(-1) !== 'away') heard.happened.push('away');
      heard.causes.push(String(cause));
    },
    back: () => heard.happened.push('back'),
  });
  return heard;
}

/** The nth message of a made-up log; the bus does not look into it. */
export function nthMessage(n: number): BusMessage {
  const row = createHash('sha256').update(String(n)).digest('base64url');
  return { id: `evt_${n}`, after: `evt_${n - 1}`, row };
}

export function messages(from: number, to: number): BusMessage[] {
  return Array.from({ length: to - from }, (_, n) => nthMessage(from + n));
}

export function idsOf(from: number, to: number): string[] {
  return messages(from, to).map(({ id }) => id);
}
