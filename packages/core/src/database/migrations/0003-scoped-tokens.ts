import { Migration } from '@mikro-orm/migrations';

/**
 * The keys of scoped tokens, the tokens that were issued, and what was revoked. No token text and no root in
 * clear: a root is wrapped by a key from the deployment's secret, and gone once its key is revoked.
 *
 * `token_revocation` is read by every node every 250 ms, from the oldest transaction on that its last pass could
 * not see: hence the transaction id and its index. (docs/adr/0012)
 */
export class Migration0003ScopedTokens extends Migration {
  override name = '0003-scoped-tokens';

  override up(): void {
    this.addSql(tables);
    this.addSql(guards);
  }
}

const tables = /* sql */ `
CREATE TABLE countersign.token_key (
  kid text PRIMARY KEY CHECK (kid ~ '^[a-z0-9]{1,16}$'),
  state text NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'revoked')),
  wrapped_root bytea,
  secret_key_id text NOT NULL,
  created_at timestamptz NOT NULL,
  active_at timestamptz,
  retiring_at timestamptz,
  ends_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT root_until_revoked CHECK ((wrapped_root IS NULL) = (state = 'revoked')),
  CONSTRAINT retiring_ends CHECK (state <> 'retiring' OR ends_at IS NOT NULL)
);
CREATE UNIQUE INDEX token_key_one_active ON countersign.token_key (state) WHERE state = 'active';
CREATE UNIQUE INDEX token_key_one_next ON countersign.token_key (state) WHERE state = 'next';
COMMENT ON COLUMN countersign.token_key.wrapped_root IS 'nonce, AES-256-GCM of the root with the kid as additional data, tag';
COMMENT ON COLUMN countersign.token_key.secret_key_id IS 'which secret of the deployment unwraps it';
COMMENT ON COLUMN countersign.token_key.ends_at IS 'when the longest token of a retiring key has expired';

CREATE TABLE countersign.scoped_token (
  id uuid PRIMARY KEY,
  subject_id text NOT NULL,
  session_id text,
  recipient text,
  kid text NOT NULL,
  delegate_of uuid,
  authorization_request_id uuid,
  issued_by text NOT NULL,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_by text,
  sequence integer NOT NULL DEFAULT 1,
  event_txid xid8 NOT NULL DEFAULT pg_current_xact_id()
) WITH (fillfactor = 90);
CREATE INDEX scoped_token_subject ON countersign.scoped_token (subject_id, issued_at DESC, id DESC);
CREATE INDEX scoped_token_newest ON countersign.scoped_token (issued_at DESC, id DESC);
CREATE INDEX scoped_token_session ON countersign.scoped_token (session_id) WHERE session_id IS NOT NULL;
COMMENT ON COLUMN countersign.scoped_token.id IS 'the claim jti: its 16 bytes';

CREATE TABLE countersign.token_revocation (
  id uuid PRIMARY KEY,
  txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind text NOT NULL CHECK (kind IN ('jti', 'jti/cid', 'sid', 'arq', 'kid', 'sub')),
  value text NOT NULL,
  minimum_epoch integer,
  not_after timestamptz NOT NULL,
  revoked_at timestamptz NOT NULL,
  revoked_by text NOT NULL,
  CONSTRAINT epoch_of_subject CHECK ((minimum_epoch IS NOT NULL) = (kind = 'sub'))
);
CREATE INDEX token_revocation_txid ON countersign.token_revocation (txid);
CREATE INDEX token_revocation_value ON countersign.token_revocation (kind, value);
CREATE INDEX token_revocation_not_after ON countersign.token_revocation (not_after);
COMMENT ON COLUMN countersign.token_revocation.minimum_epoch IS 'tokens of the subject from an older epoch are revoked';
COMMENT ON COLUMN countersign.token_revocation.not_after IS 'the latest expiry of a token that it can concern';

ALTER TABLE countersign.subject_security ADD COLUMN security_epoch integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN countersign.subject_security.security_epoch IS 'rises when all tokens of the subject are revoked';
`;

const guards = /* sql */ `
-- A key only goes on: next, active, retiring; and revoked from each of them, for ever.
CREATE TRIGGER key_goes_on AFTER UPDATE OF state ON countersign.token_key FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('next', 'active'), ('active', 'retiring'),
    ('next', 'revoked'), ('active', 'revoked'), ('retiring', 'revoked')))
  EXECUTE FUNCTION countersign.refuse_change('a token key only goes on to its next state');

-- What was revoked stays revoked.
CREATE TRIGGER revocation_is_immutable BEFORE UPDATE ON countersign.token_revocation FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('a revocation does not change');
CREATE TRIGGER revocation_is_kept BEFORE DELETE ON countersign.token_revocation FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a revocation is kept');
CREATE TRIGGER revocations_are_kept BEFORE TRUNCATE ON countersign.token_revocation
  FOR EACH STATEMENT EXECUTE FUNCTION countersign.refuse_change('a revocation is kept');
CREATE TRIGGER token_stays_revoked AFTER UPDATE OF revoked_at ON countersign.scoped_token FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL)
  EXECUTE FUNCTION countersign.refuse_change('a revoked token stays revoked');
CREATE TRIGGER epoch_only_rises AFTER UPDATE OF security_epoch ON countersign.subject_security FOR EACH ROW
  WHEN (NEW.security_epoch < OLD.security_epoch)
  EXECUTE FUNCTION countersign.refuse_change('a security epoch only rises');
`;
