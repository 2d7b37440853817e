import type { Dates } from './generated/dates.ts';

/**
 * Turns the times of an answer into dates, where the schema says that times stand. After superjson or devalue
 * they are dates already and stay as they are; after plain JSON they are text. The answer is changed in place:
 * it was read from the wire for this one caller.
 */
export function revive(value: unknown, dates: Dates | undefined): unknown {
  if (dates === undefined || value === null || value === undefined) return value;
  if (dates === true) return typeof value === 'string' || typeof value === 'number' ? new Date(value) : value;
  if (typeof value !== 'object') return value;
  const record = value as Record<string, unknown>;
  if (isListOf(dates)) {
    for (const key of Object.keys(value)) record[key] = revive(record[key], dates[0]);
  } else {
    for (const key of Object.keys(dates)) if (key in record) record[key] = revive(record[key], dates[key]);
  }
  return value;
}

function isListOf(dates: Exclude<Dates, true>): dates is readonly [Dates] {
  return Array.isArray(dates);
}
