import { statement } from '../../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../../event/append.ts';
import type { FactorRow } from '../../../factor/row.ts';
import { advanceFactor, factorEvent, forgetFactor } from '../../../factor/statement/factor-event.ts';
import { toldUuid } from './primary.ts';

/**
 * Takes a device away for ever. Its row is locked as a proof, a grant and an authentication by it lock it: whichever
 * is first, nothing by this device is after it (I13).
 */
export const revokeDeviceRow = statement<
  EventParameters & { readonly id: string; readonly eventId: string },
  FactorRow
>(
  'device_revoke',
  /* sql */ `
WITH revoked AS (
  UPDATE countersign.factor f SET ${forgetFactor},
    device = f.device || '{"isPrimary": false}', ${advanceFactor}
  WHERE f.id = :id::uuid AND f.removed_at IS NULL
  RETURNING f.*
), logged AS (${appendEvents(
    factorEvent({
      type: 'device.revoked',
      id: ':eventId::uuid',
      from: 'revoked',
      data: toldUuid,
      about: 'device',
    }),
  )}
)
SELECT * FROM revoked`,
);
