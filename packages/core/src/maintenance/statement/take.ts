import { statement } from '../../database/statement.ts';

/**
 * One process at a time, for as long as its transaction takes: whoever stands still is ended by the time that a
 * transaction may be idle, and what it did is undone with it. In the same transaction the database lets events and rows
 * go that it otherwise keeps. A number of our own choice.
 */
export const takeRetention = statement<object, { taken: boolean; now: Date }>(
  'retention_take',
  /* sql */ `
SELECT pg_try_advisory_xact_lock(7261943006) AS taken, set_config('countersign.retention', 'on', true), clock_timestamp() AS now`,
);
