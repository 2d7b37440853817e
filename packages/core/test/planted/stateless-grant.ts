import { createHmac, timingSafeEqual } from 'node:crypto';
import { CountersignError } from '../../src/index.ts';
import { naiveSide } from './naive-side.ts';

/** Bug 24: the grant is a signed text. It is valid, so it is valid again: nothing marks it as used. */
export const statelessGrant = naiveSide(({ sql, secret, read }) => {
  const sign = (parts: readonly unknown[]) =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url');
  return {
    async grant({ id, proof }) {
      const { code, slug, subject_id: subjectId, data } = await read(id);
      if (proof.code !== code) return { granted: false };
      await sql.query(`UPDATE naive.request SET state = 'granted' WHERE id = $1`, [id]);
      return { granted: true, request: { id: sign([slug, subjectId, data]) } };
    },
    async consume({ id: grant, slug, subjectId, data }) {
      const expected = Buffer.from(sign([slug, subjectId, data]));
      const given = Buffer.from(grant);
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        throw new CountersignError('not_granted');
      return { consumed: true };
    },
  };
});
