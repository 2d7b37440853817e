import { recipientDigest } from '../challenge/recipient-digest.ts';
import type { CoreContext } from '../context.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import { normalizeRecipient } from '../method/recipient.ts';
import { recipientNamedBy } from './named-recipient.ts';
import type { ConfirmationRow } from './row.ts';

/**
 * Which streak of wrong proofs it is. A factor has one, for requests and confirmations alike. A method alone has one
 * for each mailbox that was named, and one where none was: a right answer ends its streak, so the answer from a mailbox
 * that an attacker names must end none that guards anything else. The subject as a whole is held by the day's limit, from
 * which a right answer takes back its own charge and no other.
 */
export function streakKeyOf(
  context: CoreContext,
  configured: ConfiguredMethod,
  row: Pick<ConfirmationRow, 'factor_id' | 'data'>,
): string {
  if (row.factor_id !== null) return row.factor_id;
  const named = recipientNamedBy(configured, row.data);
  const recipient = named && normalizeRecipient(named);
  const place = recipient ? recipientDigest(context, recipient).toString('base64url') : 'alone';
  return `${configured.method.key}:${place}`;
}
