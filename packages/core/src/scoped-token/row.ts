/** A row of `countersign.scoped_token`. */
export interface ScopedTokenRow {
  readonly id: string;
  readonly subject_id: string;
  readonly session_id: string | null;
  readonly recipient: string | null;
  readonly kid: string;
  readonly delegate_of: string | null;
  readonly authorization_request_id: string | null;
  readonly issued_by: string;
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
}
