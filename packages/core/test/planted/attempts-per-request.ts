import { naiveSide, spendAttempt } from './naive-side.ts';

/** Bug 44: attempts are counted rightly, but per request only, and a new request is free. */
export const attemptsPerRequest = naiveSide(({ sql }) => ({
  async grant({ id, proof }) {
    const request = await spendAttempt(sql, id);
    if (proof.code !== request.code) return { granted: false };
    await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
    return { granted: true };
  },
}));
