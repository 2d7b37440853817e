import { statement } from '../../../database/statement.ts';
import { spendFactor, type SpendParameters } from '../../../factor/spend.ts';

/**
 * A device has said who it is: its nonce is used up, for ever (I11). No row: that was used before, or the
 * device is not in force any more.
 */
export const useDevice = statement<SpendParameters & { readonly now: Date }, { readonly id: string }>(
  'device_use',
  /* sql */ `
WITH ${spendFactor('(SELECT) AS asked')}
SELECT id FROM spent_factor`,
);

/**
 * What a stranger has said in the name of a device, counted in that device's row and nowhere else: no failure here
 * locks the subject, or the device. A secret has 256 bits and a signature cannot be guessed, so there is nothing for a
 * lock to protect, and everybody who knows two names could shut somebody's phone out. Counted at most once a second,
 * and whoever finds it counted locks nothing: a flood holds up no proof of the same device.
 */
export const countRefusal = statement<
  { readonly id: string; readonly nowMs: number },
  { readonly count: number }
>(
  'device_count_refusal',
  /* sql */ `
UPDATE countersign.factor f SET device = f.device || jsonb_build_object('refused',
  jsonb_build_object('count', coalesce((f.device->'refused'->>'count')::int, 0) + 1, 'at', :nowMs::bigint))
WHERE f.id = :id::uuid AND f.removed_at IS NULL
  AND coalesce((f.device->'refused'->>'at')::bigint, 0) <= :nowMs::bigint - 1000
RETURNING (f.device->'refused'->>'count')::int AS count`,
);

export const forgetRefusals = statement<{ readonly id: string }, { readonly id: string }>(
  'device_forget_refusals',
  /* sql */ `
UPDATE countersign.factor f SET device = f.device - 'refused'
WHERE f.id = :id::uuid AND f.removed_at IS NULL AND f.device ? 'refused' RETURNING f.id`,
);
