import { createCountersignClient, type CountersignClient } from '@countersign/client';
import { readFile } from 'node:fs/promises';
import type { StartedDemo } from '../support/start-demo.ts';

/** The bank's own hand at Countersign, by the key whose file the start names. */
export async function openService(demo: StartedDemo): Promise<CountersignClient> {
  const key = await readFile(await demo.prints(/Service key +(\S+)/), 'utf8');
  return createCountersignClient({ url: `${demo.url}/trpc`, token: key.trim() });
}
