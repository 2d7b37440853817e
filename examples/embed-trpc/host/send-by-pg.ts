import type { Countersign } from '@countersign/server';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Transfer } from './operations.ts';

/** The same as `bank.send`, for a bank that writes its SQL itself. */
export async function sendByPg(
  { cs, pool }: { cs: Countersign; pool: Pool },
  who: { subjectId: string; sessionId: string },
  id: string,
  data: Transfer,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await cs.consume({ ...who, id, slug: 'transfer', data }, { tx: client });
    await client.query('UPDATE bank.account SET balance_cents = balance_cents - $2 WHERE owner = $1', [
      who.subjectId,
      data.amountCents,
    ]);
    await client.query('INSERT INTO bank.payment VALUES ($1, $2, $3, $4, $5)', [
      randomUUID(),
      who.subjectId,
      data.to,
      data.amountCents,
      id,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
