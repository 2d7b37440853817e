import { describe, expect, it } from 'vitest';
import { formatId } from '../../../src/id.ts';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { issueAndPresent, own } from './present.ts';

const unknownId = formatId('scopedToken', '0198f000-0000-7000-8000-000000000001');

async function isAlive({ core }: TestCore, text: string): Promise<boolean> {
  return (await core.scopedToken.verifier.verify(text, { carrier: 'h' })).ok;
}

describe('a subject', () => {
  it('lists its own tokens, of every session, and of others nothing, as if they did not exist', async () => {
    await using test = await openTestCore();
    const { list } = test.core.scopedToken;
    const first = await issueAndPresent(test, { ...own, sessionId: 's1' });
    test.clock.advance(1);
    const second = await issueAndPresent(test);
    await issueAndPresent(test, { ...own, subjectId: 'bob' });
    for (const context of [first.context, second.context, test.subject('ada')])
      for (const input of [{}, { subjectId: 'ada' }])
        expect((await list(context, input)).items.map(({ id }) => id)).toEqual([second.id, first.id]);
    const nothing = { items: [], nextCursor: null };
    expect(await list(first.context, { subjectId: 'bob' })).toEqual(nothing);
    expect(await list(first.context, { subjectId: 'nobody' })).toEqual(nothing);
    await expect(list(first.context, { cursor: 'cur_no' })).rejects.toMatchObject(refusal('invalid_input'));
    expect((await list(test.service, {})).items).toHaveLength(3);
  });

  it('pages through its own alone, though others were issued in between', async () => {
    await using test = await openTestCore();
    const { issue, list } = test.core.scopedToken;
    for (let turn = 0; turn < 110; turn += 1) {
      await issue(test.service, { ...own, subjectId: turn % 2 === 0 ? 'ada' : 'bob' });
      test.clock.advance(0.001);
    }
    const first = await list(test.subject('ada'), {});
    const second = await list(test.subject('ada'), { cursor: first.nextCursor ?? '' });
    const items = [...first.items, ...second.items];
    expect(items.map(({ subjectId }) => subjectId)).toEqual(Array.from({ length: 55 }, () => 'ada'));
    expect(second.nextCursor).toBeNull();
  });

  it('learns of no token of another by a cursor: one of it answers as an unknown one does', async () => {
    await using test = await openTestCore();
    const { issue, list } = test.core.scopedToken;
    const first = await issue(test.service, { ...own, subjectId: 'eve' });
    test.clock.advance(5);
    const foreign = await issue(test.service, own);
    test.clock.advance(5);
    const second = await issue(test.service, { ...own, subjectId: 'eve' });
    const after = async (id: string) => {
      const page = await list(test.subject('eve'), { cursor: id.replace('cst_', 'cur_') });
      return page.items.map((item) => item.id);
    };
    expect(await after(second.id)).toEqual([first.id]);
    expect(await after(foreign.id)).toEqual(await after(unknownId));
    const asService = async (id: string) =>
      await list(test.service, { subjectId: 'eve', cursor: id.replace('cst_', 'cur_') });
    expect(await asService(foreign.id)).toEqual(await asService(unknownId));
  });

  it('revokes its own: one, one delegate of it, the session it is in, or everything', async () => {
    await using test = await openTestCore();
    const { issue, revoke } = test.core.scopedToken;
    const [one, two, three] = [
      await issueAndPresent(test, { ...own, sessionId: 's1' }),
      await issueAndPresent(test, { ...own, sessionId: 's1' }),
      await issueAndPresent(test),
    ];
    const bobs = await issueAndPresent(test, { ...own, subjectId: 'bob' });
    const delegate = (await issue(one.context, { delegateId: 'bookkeeper' })).token ?? '';
    const alive = async () => {
      const texts = [delegate, one.text, two.text, three.text, bobs.text];
      return await Promise.all(texts.map((text) => isAlive(test, text)));
    };
    expect(await revoke(three.context, { id: one.id, delegateId: 'bookkeeper' })).toEqual({ revoked: 1 });
    expect(await alive()).toEqual([false, true, true, true, true]);
    expect(await revoke(one.context, { id: three.id })).toEqual({ revoked: 1 });
    expect(await alive()).toEqual([false, true, true, false, true]);
    expect(await revoke(one.context, { sessionId: 's1' })).toEqual({ revoked: 2 });
    expect(await alive()).toEqual([false, false, false, false, true]);
    const last = await issueAndPresent(test, { ...own, sessionId: 's2' });
    expect(await revoke(test.subject('ada'), { subjectId: 'ada' })).toEqual({ revoked: 1 });
    expect(await isAlive(test, last.text)).toBe(false);
    expect(await isAlive(test, bobs.text)).toBe(true);
    const { items } = await test.events(test.service, { types: ['scoped_token.revoked'] });
    expect(items.map(({ data }) => data)).toEqual([
      { by: 'subject', delegateId: 'bookkeeper' },
      ...Array.from({ length: 4 }, () => ({ by: 'subject', delegateId: null })),
    ]);
  });

  it('revokes nothing of others: what is not its own answers as what does not exist', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const bobs = await issueAndPresent(test, { ...own, subjectId: 'bob', sessionId: 's2' });
    const notFound = refusal('not_found');
    for (const context of [test.subject('ada', 's1'), test.subject('ada')])
      for (const input of [
        { id: bobs.id },
        { id: bobs.id, delegateId: 'bookkeeper' },
        { id: unknownId },
        { id: 'cst_none' },
        { subjectId: 'bob' },
        { subjectId: 'nobody' },
        { sessionId: 's2' },
        { sessionId: 'none' },
      ])
        await expect(revoke(context, input), JSON.stringify(input)).rejects.toMatchObject(notFound);
    expect(await isAlive(test, bobs.text)).toBe(true);
    const { rows } = await test.database.sql.query('SELECT FROM countersign.token_revocation');
    expect(rows).toEqual([]);
  });

  it('passes nothing along on what it revokes', async () => {
    await using test = await openTestCore();
    await expect(
      test.core.scopedToken.revoke(test.subject('ada'), { subjectId: 'ada', context: {} }),
    ).rejects.toMatchObject(refusal('forbidden'));
  });
});

it('a device lists and revokes nothing, not even its own token', async () => {
  await using test = await openTestCore();
  const sessionId = formatId('factor', '0198f000-0000-7000-8000-000000000001');
  const { id, context } = await issueAndPresent(test, { subjectId: 'ada', preset: 'device', sessionId });
  const { list, revoke } = test.core.scopedToken;
  await expect(list(context, {})).rejects.toMatchObject(refusal('forbidden'));
  for (const input of [{ id }, { sessionId }, { subjectId: 'ada' }])
    await expect(revoke(context, input)).rejects.toMatchObject(refusal('forbidden'));
});
