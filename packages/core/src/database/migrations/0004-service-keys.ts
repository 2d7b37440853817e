import { Migration } from '@mikro-orm/migrations';

/**
 * The keys of services and operators. Of a key there is a keyed digest alone, over its role as well: with this table
 * nobody can make a key, and a key whose row is given another role is none.
 *
 * Every node reads the keys in force four times a second: hence the index, which leaves out those that are over.
 */
export class Migration0004ServiceKeys extends Migration {
  override name = '0004-service-keys';

  override up(): void {
    this.addSql(tables);
    this.addSql(guards);
  }
}

const tables = /* sql */ `
CREATE TABLE countersign.service_key (
  id uuid PRIMARY KEY,
  title text NOT NULL,
  role text NOT NULL CHECK (role IN ('service', 'operator')),
  digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  secret_key_id text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  last_used_on date,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  CONSTRAINT revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX service_key_in_force ON countersign.service_key (coalesce(expires_at, 'infinity'::timestamptz)) WHERE revoked_at IS NULL;
COMMENT ON COLUMN countersign.service_key.digest IS 'HMAC-SHA-256 of role and key';
COMMENT ON COLUMN countersign.service_key.secret_key_id IS 'from which secret of the deployment the key of the digest is derived';
COMMENT ON COLUMN countersign.service_key.last_used_on IS 'a day in UTC; written once a day';
`;

const guards = /* sql */ `
-- What was revoked stays revoked, and what a key is does not change.
CREATE TRIGGER service_key_stays_revoked AFTER UPDATE OF revoked_at, revoked_by ON countersign.service_key FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL)
  EXECUTE FUNCTION countersign.refuse_change('a revoked service key stays revoked');
CREATE TRIGGER service_key_is_immutable
  AFTER UPDATE OF id, title, role, digest, secret_key_id, created_at, created_by, expires_at ON countersign.service_key
  FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('a service key does not change');
CREATE TRIGGER service_key_is_kept BEFORE DELETE ON countersign.service_key FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a service key is kept');
CREATE TRIGGER service_keys_are_kept BEFORE TRUNCATE ON countersign.service_key
  FOR EACH STATEMENT EXECUTE FUNCTION countersign.refuse_change('a service key is kept');
`;
