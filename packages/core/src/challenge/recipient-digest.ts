import type { CoreServices } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import type { Recipient } from '../method/define.ts';
import { recipientCountingKey } from '../method/recipient.ts';

/** What a recipient is counted by: one mailbox, one digest, whatever its spelling; nobody reads the address out of it. */
export function recipientDigest({ keys }: Pick<CoreServices, 'keys'>, recipient: Recipient): Buffer {
  return keyedDigest(keys.recipientCounting.key, [recipientCountingKey(recipient)]);
}
