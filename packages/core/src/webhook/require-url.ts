import { invalidInput } from '../error.ts';
import type { WebhookOptions } from './settings.ts';
import { readUrl } from './url.ts';

/** @throws CountersignError `invalid_input` that says what an address must be. */
export function requireUrl(options: WebhookOptions | undefined, text: string): string {
  const read = readUrl(text, { allowsLoopback: options?.allowsLoopback ?? false });
  if ('wrong' in read) throw invalidInput(['url'], read.wrong);
  return read.url;
}
