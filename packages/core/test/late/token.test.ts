import { expect, it } from 'vitest';
import { issueAndPresent } from '../scoped-token/stored/present.ts';
import { openLateCore, refusedAs } from './overtaken.ts';

it('a token that expired while its narrowing waited for it is not handed out again, and no event says so', async () => {
  await using test = await openLateCore();
  const { context, expiresAt } = await issueAndPresent(test);
  test.clock.set(new Date(expiresAt.getTime() - 100));
  const narrow = () => test.core.scopedToken.issue(context, { subjectId: 'ada', delegateId: 'bookkeeper' });
  expect(await test.overtaken('scoped_token', [narrow])).toMatchObject([refusedAs('unauthenticated')]);
  const { items } = await test.events(test.service, { types: ['scoped_token.issued'] });
  expect(items).toHaveLength(1);
});
