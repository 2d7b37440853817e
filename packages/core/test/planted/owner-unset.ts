import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 29: the owner is compared when there is one. When there is none, anybody is the owner. */
export const ownerUnset = naiveSide(({ sql, read }) => ({
  async grant({ id, proof }, actor) {
    const { subject_id: owner, code } = await read(id);
    const subjectId = actor.kind === 'subject' ? actor.subjectId : null;
    if (owner && owner !== subjectId) throw new CountersignError('not_found');
    if (proof.code !== code) return { granted: false };
    await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
    return { granted: true, request: { id } };
  },
}));
