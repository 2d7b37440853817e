import { Migration } from '@mikro-orm/migrations';

/**
 * Bounds on what the holder of one token can write among the revocations: how many delegates of it were revoked one
 * by one is counted in its row, where it is locked. And a session that a subject ends is its own session alone
 * (`sub/sid`), since a host may number the sessions of each subject from 1.
 *
 * A node that starts reads what is in force in pages, each from where the last one ended: hence the id in the index.
 */
export class Migration0006BoundedRevocations extends Migration {
  override name = '0006-bounded-revocations';

  override up(): void {
    this.addSql(/* sql */ `
ALTER TABLE countersign.scoped_token ADD COLUMN delegates_revoked smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN countersign.scoped_token.delegates_revoked IS 'how many of its delegates were revoked one by one';

ALTER TABLE countersign.token_revocation
  DROP CONSTRAINT token_revocation_kind_check,
  ADD CONSTRAINT token_revocation_kind_check CHECK (kind IN ('jti', 'jti/cid', 'sid', 'sub/sid', 'arq', 'kid', 'sub'));

DROP INDEX countersign.token_revocation_not_after;
CREATE INDEX token_revocation_not_after ON countersign.token_revocation (not_after, id)`);
  }
}
