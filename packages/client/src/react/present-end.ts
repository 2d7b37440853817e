import type { CountersignClient } from '../countersign-client.ts';

/**
 * Where a stream begins that is to miss nothing from now on. A token may open the stream and not the list: then it
 * begins when it is connected.
 */
export async function presentEnd(
  { event }: CountersignClient,
  signal: AbortSignal,
): Promise<{ readonly lastEventId?: string }> {
  const page = await event.list({ from: 'now', limit: 1 }, { signal }).catch(() => null);
  return typeof page?.cursor === 'string' ? { lastEventId: page.cursor } : {};
}
