import { naiveSide, spendAttempt } from './naive-side.ts';

/** Bug 51: the decision asks for the version it has read, and every wrong guess bumps the version. */
export const decidedByVersion = naiveSide(({ sql }) => ({
  async grant({ id, proof }) {
    const request = await spendAttempt(sql, id);
    if (proof.code !== request.code) return { granted: false };
    const { rowCount } = await sql.query(
      `UPDATE naive.request SET state = 'granted', version = version + 1
       WHERE id = $1 AND state = 'waiting' AND version = $2`,
      [id, request.version],
    );
    return { granted: rowCount === 1 };
  },
}));
