import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

class WrongCode extends Error {}

/** The attempt is counted in the transaction that a wrong answer throws out of: the rollback gives it back. */
export const countedThenThrown = naiveSide(({ sql }) => ({
  async grant({ id, proof }) {
    const client = await sql.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ code: string }>(
        `UPDATE naive.request SET attempts_left = attempts_left - 1
         WHERE id = $1 AND state = 'waiting' AND attempts_left > 0 RETURNING code`,
        [id],
      );
      if (!rows[0]) throw new CountersignError('attempts_exhausted');
      if (rows[0].code !== proof.code) throw new WrongCode();
      await client.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
      await client.query('COMMIT');
      return { granted: true };
    } catch (error) {
      await client.query('ROLLBACK');
      if (error instanceof WrongCode) return { granted: false };
      throw error;
    } finally {
      client.release();
    }
  },
}));
