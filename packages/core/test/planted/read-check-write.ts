import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 1: the limit is read, checked, then written. Whoever comes in between has read the old number. */
export const readCheckWrite = naiveSide(({ sql, read }) => ({
  async grant({ id, proof }) {
    const request = await read(id);
    if (request.state !== 'waiting') throw new CountersignError('not_waiting');
    if (request.attempts_left <= 0) throw new CountersignError('attempts_exhausted');

    if (proof.code === request.code) {
      await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
      return { granted: true };
    }
    const left = request.attempts_left - 1;
    await sql.query('UPDATE naive.request SET attempts_left = $2 WHERE id = $1', [id, left]);
    return { granted: false };
  },
}));
