/**
 * Expressions that several statements share. They are text and not SQL functions: PostgreSQL cannot inline a
 * function with a sub-select or a STABLE call, and plans it anew in every statement (measured: 50 to 100 µs
 * a call, half of what a reservation costs).
 */

/** Those of the moments that are younger than a limit. */
export function since(moments: string, after: string): string {
  return `ARRAY(SELECT moment FROM unnest(${moments}) AS moment WHERE moment > ${after})`;
}

/**
 * The moments with room for one more: those that are too old are taken out when there are `max`, not before.
 * A sub-select that does not run is cheap; one that does is a tenth of a reservation.
 */
export function roomIn(moments: string, max: string, after: string): string {
  return `CASE WHEN cardinality(${moments}) < ${max} THEN ${moments} ELSE ${since(moments, after)} END`;
}

/** Whether so many or more of the moments are younger than a limit. */
export function reached(moments: string, max: string, after: string): string {
  return `(cardinality(${moments}) >= ${max} AND cardinality(${since(moments, after)}) >= ${max})`;
}

/** The moments without one of those that equal the given one. */
export function without(moments: string, moment: string): string {
  const place = `array_position(${moments}, ${moment})`;
  return `CASE WHEN ${place} IS NULL THEN ${moments} ELSE ${moments}[: ${place} - 1] || ${moments}[${place} + 1 :] END`;
}

/** A time as events carry it: ISO 8601 in UTC with milliseconds. */
export function iso(moment: string): string {
  return `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

export const dayAgo = `(:now::timestamptz - interval '24 hours')`;

/**
 * What time it is when this is asked, and not when the caller read its clock. `sentAt` is written by the executor as the
 * statement leaves, so a slow host and the queue for a connection are in it; from there on PostgreSQL measures, so what
 * is spent waiting for locks is in it too. The first quarter of a second is taken for running.
 */
export const timeByNow = `:sentAt::timestamptz + greatest(clock_timestamp() - statement_timestamp() - interval '250 milliseconds', interval '0')`;
