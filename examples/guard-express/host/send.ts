import type { AuthorizedCall } from '@countersign/server';
import type { PoolClient } from 'pg';
import type { transfer } from './operations.ts';

/** Sends what was authorized. Where the money does not suffice, nothing has happened: the grant is there for later. */
export async function send({
  authorization,
  tx,
}: AuthorizedCall<typeof transfer, PoolClient>): Promise<Response> {
  const { id, data, receipt } = authorization;
  await tx.query('INSERT INTO bank.payment VALUES ($1, $2, $3, $4)', [
    id,
    receipt.subjectId,
    data.to,
    data.amountCents,
  ]);
  const { rowCount } = await tx.query(
    'UPDATE bank.account SET balance_cents = balance_cents - $2 WHERE owner = $1 AND balance_cents >= $2',
    [receipt.subjectId, data.amountCents],
  );
  if (rowCount === 0) return Response.json({ error: 'The balance does not suffice.' }, { status: 409 });
  return Response.json({ sent: data.amountCents, to: data.to });
}
