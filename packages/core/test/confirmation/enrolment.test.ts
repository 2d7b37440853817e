import { describe, expect, it } from 'vitest';
import { judgeEnrolment, useEnrolment } from '../../src/confirmation/enrolment.ts';
import type { CoreContext } from '../../src/context.ts';
import { settleAfterRollback } from '../../src/idempotency/after-rollback.ts';
import { parseId } from '../../src/id.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { adaMail, codeOf, enrol, wrongCode } from './fixtures.ts';

type Asked = Awaited<ReturnType<typeof enrol>>['asked'];

async function judge(context: CoreContext, asked: Asked, code: string, judged: () => void = () => undefined) {
  return await judgeEnrolment(context, asked, ({ matches }) => {
    judged();
    return Promise.resolve(matches(code) ? 'changed' : null);
  });
}

async function put(
  test: TestCore,
  asked: Asked,
  code: string,
  change: () => Promise<void> = () => Promise.resolve(),
) {
  const proven = await judge(test.service, asked, code);
  if (!proven.right) return proven.view.status;
  return await test.service.database
    .transaction(async (db) => {
      await useEnrolment({ ...test.service, db }, proven, change);
      return proven.result;
    })
    .catch(settleAfterRollback);
}

describe('an enrolment', () => {
  it('is confirmed and used with its change, both or neither, and only once (bug 20)', async () => {
    await using test = await openTestCore();
    const { view, asked } = await enrol(test);
    expect(view).toMatchObject({
      status: 'in_process',
      purpose: 'countersign.factor',
      challenge: { method: 'otp' },
    });
    expect(test.outbox.messages[0]?.text).toContain('Add this address');
    const { code } = codeOf(test);
    expect(await put(test, asked, wrongCode(test).code)).toBe('in_process');
    const failing = put(test, asked, code, () => Promise.reject(new Error('the change failed')));
    await expect(failing).rejects.toThrow('the change failed');
    let changes = 0;
    const change = () => Promise.resolve(void (changes += 1));
    expect(await put(test, asked, code, change)).toBe('changed');
    await expect(put(test, asked, code, change)).rejects.toMatchObject(refusal('unavailable'));
    expect(changes).toBe(1);
    const { items } = await test.events(test.service, {});
    expect(items.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['confirmation.requested', 1],
      ['confirmation.failed', 2],
      ['confirmation.confirmed', 3],
      ['confirmation.used', 4],
    ]);
  });

  it('gives the charge of a right answer back, also of one that came too late', async () => {
    await using test = await openTestCore();
    const { asked } = await enrol(test);
    const { code } = codeOf(test);
    const [first, second] = [await judge(test.service, asked, code), await judge(test.service, asked, code)];
    const use = async (proven: typeof first) => {
      if (!proven.right) throw new Error('it was right');
      await test.service.database
        .transaction((db) => useEnrolment({ ...test.service, db }, proven, () => Promise.resolve()))
        .catch(settleAfterRollback);
    };
    await use(first);
    await expect(use(second)).rejects.toMatchObject(refusal('unavailable'));
    const { rows } = await test.database.sql.query(
      'SELECT charged_at, streaks, (SELECT attempts_open FROM countersign.confirmation) AS open FROM countersign.subject_security',
    );
    expect(rows).toEqual([{ charged_at: [], streaks: {}, open: 0 }]);
  });

  it('judges five of 200 guesses at the same time', async () => {
    await using test = await openTestCore();
    const { asked } = await enrol(test);
    let judged = 0;
    const { code } = wrongCode(test);
    const guesses = await Promise.allSettled(
      Array.from({ length: 200 }, () => judge(test.subject('ada'), asked, code, () => (judged += 1))),
    );
    expect(judged).toBe(5);
    expect(guesses.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('is for its own factor, its own value and its own subject, and costs nothing otherwise', async () => {
    await using test = await openTestCore();
    const { asked } = await enrol(test);
    const { code } = codeOf(test);
    const refused = async (context: CoreContext, changes: object, reason: string) => {
      await expect(judge(context, { ...asked, ...changes }, code)).rejects.toMatchObject(refusal(reason));
    };
    await refused(test.subject('bob'), {}, 'not_found');
    await refused(test.service, { factorUuid: test.service.ids.uuid() }, 'not_found');
    await refused(test.service, { confirmationUuid: test.service.ids.uuid() }, 'not_found');
    await refused(test.service, { valueHash: Buffer.alloc(32, 8) }, 'unavailable');
    test.clock.advance(600);
    await refused(test.service, {}, 'expired');
    const { rows } = await test.database.sql.query('SELECT attempts_left FROM countersign.confirmation');
    expect(rows).toEqual([{ attempts_left: 5 }]);
  });

  it('is never given or used as a confirmation of a host (bug 19), nor the other way round', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { view, asked } = await enrol(test);
    const { id } = view;
    const { code } = codeOf(test);
    await expect(api.confirm(test.service, { id, data: { code } })).rejects.toMatchObject(
      refusal('unavailable'),
    );
    const factorId = view.factorId ?? '';
    const all = { id, purpose: 'countersign.factor', subjectId: 'ada', factorId };
    expect(await api.use(test.service, all)).toEqual({ used: false });
    await test.database.sql.query(
      `UPDATE countersign.confirmation SET state = 'confirmed', confirmed_at = created_at`,
    );
    expect(await api.use(test.service, all)).toEqual({ used: false });
    const other = await api.request(test.service, { methodId: 'otp', subjectId: 'ada', data: adaMail });
    const confirmationUuid = parseId('confirmation', other.id) ?? '';
    await expect(
      judge(test.service, { ...asked, confirmationUuid }, codeOf(test).code),
    ).rejects.toMatchObject(refusal('not_found'));
  });

  it('by a message is wrong once its code is over, whatever the method would say', async () => {
    await using test = await openTestCore();
    const { asked } = await enrol(test);
    test.clock.advance(300);
    const late = await judgeEnrolment(test.service, asked, () => Promise.resolve('right'));
    expect(late).toMatchObject({ right: false, view: { attemptsLeft: 4 } });
  });

  it('without a message is judged by the method alone, and a throw is wrong', async () => {
    await using test = await openTestCore();
    const { view, asked } = await enrol(test, null);
    expect(view).toMatchObject({ status: 'new', challenge: null });
    const failing = await judgeEnrolment(test.service, asked, () => Promise.reject(new Error('no')));
    expect(failing).toMatchObject({ right: false, view: { attemptsLeft: 4 } });
    const right = await judgeEnrolment(test.service, asked, ({ matches, request }) =>
      Promise.resolve({ matched: matches(''), kind: request.kind }),
    );
    expect(right).toMatchObject({ right: true, result: { matched: false, kind: 'enrolment' } });
  });
});
