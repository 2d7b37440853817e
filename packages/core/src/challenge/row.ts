/** A row of `countersign.challenge`. Times are Date from a column, ISO text from `to_jsonb`. */
export interface ChallengeRow {
  readonly id: string;
  readonly about_id: string;
  readonly generation: number;
  readonly method: string;
  readonly factor_id: string | null;
  readonly factor_renewals: number | null;
  readonly digest: string | null;
  readonly key_id: string | null;
  readonly sent_to: string | null;
  readonly options: unknown;
  readonly state: unknown;
  readonly digits: number;
  readonly asked_by: string | null;
  readonly tries_left: number | null;
  readonly created_at: Date | string;
  readonly expires_at: Date | string;
  readonly failed_delivery_at: Date | string | null;
}
