import { statement } from '../../database/statement.ts';

/** Readers of the archive are not kept waiting for long by a reader of it that takes its time: it is tried again later. */
export const dropMonth = statement<{ readonly before: Date }, { dropped: string | null }>(
  'archive_drop_month',
  /* sql */ `
SELECT countersign.drop_archive_month(:before::timestamptz) AS dropped FROM set_config('lock_timeout', '200', true)`,
);
