/** Of the table `countersign.webhook_endpoint w`, as a row of ours. */
export const endpointColumns = `w.id, w.url, w.description, w.types, w.slug, w.is_active, w.activation, w.disabled_reason, w.disabled_at,
  w.previous_until, w.delivered_at, w.created_at, w.created_by, w.updated_at`;

/** The present end of the log: what it shows before is not an endpoint's that begins now. */
export const logEndNow = {
  epoch: '(SELECT i.epoch FROM countersign.installation i)',
  txid: 'pg_snapshot_xmin(pg_current_snapshot())',
} as const;
