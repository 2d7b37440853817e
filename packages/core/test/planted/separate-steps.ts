import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bugs 3 and 4: the code is read, compared and removed, each in a step of its own. */
export const separateSteps = naiveSide(({ sql, read }) => ({
  async grant({ id, proof }) {
    const request = await read(id);
    if (request.code === null) throw new CountersignError('not_waiting');
    if (proof.code !== request.code) return { granted: false };
    await sql.query(`UPDATE naive.request SET state = 'granted', code = NULL WHERE id = $1`, [id]);
    return { granted: true };
  },
}));
