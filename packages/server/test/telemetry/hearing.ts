import type { TestServer } from '../../testing/index.ts';
import { readSamples } from './samples.ts';

/** What `/metrics` says of how a process hears of others; undefined where it says nothing. */
export async function hearingOf(
  { url }: TestServer,
  name: 'wake_up_connected' | 'bus_connected',
): Promise<number | undefined> {
  const { samples } = readSamples(await (await fetch(`${url}/metrics`)).text());
  return samples.find((sample) => sample.name === `countersign_${name}`)?.value;
}
