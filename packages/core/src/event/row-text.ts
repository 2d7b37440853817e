import { z } from 'zod';
import { aboutKinds, type EventType } from './catalog.ts';
import type { EventRow } from './row.ts';

/** Raised when a row means something else than before; who does not know it reads from the database. */
const version = 1;

/** By `z.record` a payload would be copied, and a key `__proto__` of it lost. */
const payload = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const rowText = z.object({
  version: z.literal(version),
  epoch: z.int(),
  txid: z.string().regex(/^\d{1,20}$/),
  id: z.guid(),
  // A type that a newer version has written is passed along, as from the database.
  type: z.string().transform((type) => type as EventType),
  occurred_at: z.iso.datetime().transform((text) => new Date(text)),
  subject_id: z.string().nullable(),
  session_id: z.string().nullable(),
  slug: z.string().nullable(),
  about_kind: z.enum(aboutKinds),
  about_id: z.guid(),
  sequence: z.int(),
  data: payload,
  context: z.unknown(),
});

/** A row of the log as text, for another process of the same installation. Times are ISO 8601 in milliseconds, as we read them. */
export function writeRow(row: EventRow): string {
  const { epoch, txid, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id } = row;
  const { sequence, data, context } = row;
  return JSON.stringify({
    version,
    epoch,
    txid,
    id,
    type,
    occurred_at,
    subject_id,
    session_id,
    slug,
    about_kind,
    about_id,
    sequence,
    data,
    context,
  });
}

/** The same row. Null when the text is none, or of a version that is not known here. */
export function readRow(text: string): EventRow | null {
  const parsed = rowText.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { version: _, context = null, ...row } = parsed.data;
  return { ...row, context };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
