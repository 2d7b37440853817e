import { statement } from '../../database/statement.ts';

/** Whoever configures goes one after the other, over all nodes. A number of our own choice. */
export const lockConfigurations = statement<object, object>(
  'method_configuration_lock',
  'SELECT pg_advisory_xact_lock(7261943004)',
);
