import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 49: the grant is right for the operation and its data; whose it is was not asked. */
export const anySubject = naiveSide(({ sql }) => ({
  async grant({ id }) {
    await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
    return { granted: true, request: { id } };
  },
  async consume({ id, slug, data }) {
    const { rowCount } = await sql.query(
      `UPDATE naive.request SET consumed_at = now()
       WHERE id = $1 AND slug = $2 AND data = $3 AND state = 'granted' AND consumed_at IS NULL`,
      [id, slug, JSON.stringify(data)],
    );
    if (rowCount !== 1) throw new CountersignError('not_granted');
    return { consumed: true };
  },
}));
