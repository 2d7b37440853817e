import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { advanceToken, tokenEvent } from './token-event.ts';

export interface RejectParameters extends EventParameters {
  readonly id: string;
  readonly subjectId: string;
  readonly eventId: string;
  readonly rejectedData: string;
}

/** Writes down that a token was refused. No row: it was not issued here, so no log tells its life. */
export const rejectToken = statement<RejectParameters, { id: string }>(
  'scoped_token_reject',
  /* sql */ `
WITH rejected AS (
  UPDATE countersign.scoped_token t SET ${advanceToken}
  WHERE t.id = :id::uuid AND t.subject_id = :subjectId::text
  RETURNING t.*
), logged AS (${appendEvents(
    tokenEvent({
      type: 'scoped_token.rejected',
      id: ':eventId::uuid',
      from: 'rejected',
      data: ':rejectedData::jsonb',
    }),
  )}
)
SELECT id FROM rejected`,
);
