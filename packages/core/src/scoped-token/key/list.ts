import type { CoreContext } from '../../context.ts';
import { requireInstallation } from '../../permission.ts';
import type { TokenKeyState } from './source.ts';
import { readKeys, type TokenKeyRow } from './statement.ts';

/** A key as an operator sees it; the root is nowhere. */
export interface TokenKeyView {
  readonly kid: string;
  readonly state: TokenKeyState;
  readonly createdAt: Date;
  /** Since when it mints, or minted. */
  readonly activeAt: Date | null;
  /** When the last token of a retiring or revoked key has expired, and the key is gone. */
  readonly endsAt: Date | null;
}

/** The keys of this installation, oldest first; none when a key service has them. Makes none. */
export async function listTokenKeys(context: CoreContext): Promise<readonly TokenKeyView[]> {
  requireInstallation(context.actor);
  const now = context.clock.now();
  const rows = await context.database.pool.query(readKeys, {});
  return rows.filter(({ ends_at: endsAt }) => endsAt === null || endsAt > now).map(keyViewOf);
}

function keyViewOf(row: TokenKeyRow): TokenKeyView {
  return {
    kid: row.kid,
    state: row.state,
    createdAt: row.created_at,
    activeAt: row.active_at,
    endsAt: row.ends_at,
  };
}
