import { statement } from '../../database/statement.ts';

export const deleteConfiguration = statement<{ readonly id: string }, { id: string }>(
  'method_configuration_delete',
  'DELETE FROM countersign.method_configuration c WHERE c.id = :id::uuid RETURNING c.id',
);
