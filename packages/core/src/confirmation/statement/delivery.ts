import { statement } from '../../database/statement.ts';

/** The carrier refused. The limits stay charged; it may have been sent after all. */
export const noteFailedDelivery = statement<{ readonly id: string; readonly now: Date }, { id: string }>(
  'confirmation_delivery_failed',
  'UPDATE countersign.challenge SET failed_delivery_at = :now::timestamptz WHERE about_id = :id::uuid RETURNING id',
);

export const readFailedDelivery = statement<{ readonly id: string }, { id: string }>(
  'confirmation_read_failed_delivery',
  'SELECT id FROM countersign.challenge WHERE about_id = :id::uuid AND failed_delivery_at IS NOT NULL',
);
