import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 25: a request is over when the cleaner has been there. Here it never comes. */
export const expiredByCleaner = naiveSide(({ sql }) => ({
  async grant({ id, proof }) {
    const { rowCount } = await sql.query(
      `UPDATE naive.request SET state = 'granted' WHERE id = $1 AND state = 'waiting' AND code = $2`,
      [id, proof.code],
    );
    if (rowCount !== 1) throw new CountersignError('expired');
    return { granted: true, request: { id } };
  },
}));
