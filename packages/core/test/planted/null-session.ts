import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 48: two sessions that are both missing are the same session. */
export const nullSession = naiveSide(({ sql, read }) => ({
  async grant({ id, proof }, actor) {
    const { session_id: bound, code } = await read(id);
    const session = actor.kind === 'subject' ? actor.sessionId : null;
    if (bound !== session) throw new CountersignError('not_found');
    if (proof.code !== code) return { granted: false };
    await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
    return { granted: true, request: { id } };
  },
}));
