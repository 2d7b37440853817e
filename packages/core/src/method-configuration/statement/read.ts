import { statement } from '../../database/statement.ts';
import type { MethodConfigurationRow } from '../row.ts';

/** All of them, oldest first: there are a handful. */
export const readConfigurations = statement<object, MethodConfigurationRow>(
  'method_configuration_read',
  /* sql */ `
SELECT c.id, c.method, c.title, c.config, c.is_active, c.is_default
FROM countersign.method_configuration c ORDER BY c.created_at, c.id`,
);
