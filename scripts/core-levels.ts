/**
 * The levels of packages/core/src, from the top. A file imports from levels below its own, and within its
 * own entry; entries of one level never import each other. The longest entry that fits a path decides, so
 * that a single file can stand elsewhere than its folder.
 *
 * The bottom level is the one exception: its small files may use each other (cycles are the linter's).
 */
export const coreLevels: readonly (readonly string[])[] = [
  ['index.ts'],
  ['core.ts'],
  ['diagnosis/', 'figures.ts', 'health.ts', 'maintenance/'],
  ['database/'],
  ['entities.ts'],
  ['factor-management/'],
  ['guard/'],
  [
    'authorization-request/',
    'confirmation/',
    'method-configuration/',
    'scoped-token/',
    'service-key/',
    'subject/',
    'subscriber/',
    'webhook/',
  ],
  ['factor/'],
  ['challenge/', 'idempotency/'],
  ['event/'],
  ['context.ts'],
  ['method/'],
  ['schema.ts'],
  ['operation/'],
  // The token as a format: no database, no server. `@countersign/core/scoped-token` is these.
  ['scoped-token/index.ts'],
  ['scoped-token/django/'],
  ['scoped-token/cst1/'],
  ['scoped-token/scope/'],
  [
    // How a statement is sent, as opposed to what the database holds.
    'database/executor.ts',
    'database/failure.ts',
    'database/in-time.ts',
    'database/own-connection.ts',
    'database/sql.ts',
    'database/statement.ts',
    'database/transaction.ts',
    'database/transactions.ts',
    'actor.ts',
    'base32.ts',
    'binding.ts',
    'bounded-queue.ts',
    'clock-ahead.ts',
    'cursor.ts',
    'error-details.ts',
    'error.ts',
    'id.ts',
    'keep-current.ts',
    'keys.ts',
    'limits.ts',
    'parse.ts',
    'permission.ts',
    'ports.ts',
    'runtime.ts',
    'seal.ts',
    'telemetry.ts',
    'transition.ts',
    'within.ts',
  ],
];

export interface CorePlace {
  readonly level: number;
  readonly entry: string;
}

/** Where a file of packages/core/src stands (its path from there), or undefined for one the table misses. */
export function placeInCore(path: string): CorePlace | undefined {
  const places = coreLevels.flatMap((entries, level) => entries.map((entry) => ({ level, entry })));
  const fitting = places.filter(({ entry }) =>
    entry.endsWith('/') ? path.startsWith(entry) : path === entry,
  );
  return fitting.sort((a, b) => b.entry.length - a.entry.length)[0];
}

/** Whether the levels allow a file at `from` to import one at `to`. */
export function mayImport(from: CorePlace, to: CorePlace): boolean {
  const bottom = coreLevels.length - 1;
  return from.entry === to.entry || to.level > from.level || (from.level === bottom && to.level === bottom);
}
