import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 4: whether the grant was used is looked up first, and marked afterwards. */
export const checkedThenConsumed = naiveSide(({ sql, read }) => ({
  async grant({ id }) {
    await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
    return { granted: true, request: { id } };
  },
  async consume({ id }) {
    const request = await read(id);
    if (request.state !== 'granted') throw new CountersignError('not_granted');
    if (request.consumed_at !== null) throw new CountersignError('already_consumed');
    await sql.query('UPDATE naive.request SET consumed_at = now() WHERE id = $1', [id]);
    return { consumed: true };
  },
}));
