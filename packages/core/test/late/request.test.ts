import { describe, expect, it } from 'vitest';
import { ask, askFactor, asBefore, nothingIsProven, rowsOf } from './fixtures.ts';
import { openLateCore, refusedAs, right, wrong } from './overtaken.ts';

const expired = refusedAs('expired');

describe('a request that expired while they waited for it, though who had it rolled back,', () => {
  it('is neither denied, cancelled, asked again nor revived, and no guess at it is counted', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const [denied, cancelled, asked, reset, guessed] = [
      await ask(test, 'ada'),
      await ask(test, 'ada'),
      await ask(test, 'ada'),
      await ask(test, 'ada'),
      await ask(test, 'ada'),
    ];
    test.clock.advance(299.9);
    const answers = await test.overtaken('authorization_request', [
      () => api.deny(test.service, { id: denied }),
      () => api.cancel(test.service, { id: cancelled }),
      () => api.challenge(test.service, { id: asked }),
      () => api.reset(test.service, { id: reset }),
      () => api.grant(test.service, { id: guessed, proof: { method: 'word', ...wrong } }),
    ]);
    expect(answers).toMatchObject(answers.map(() => expired));
    expect(await rowsOf(test)).toEqual(answers.map(() => asBefore));
    expect(await api.get(test.service, { id: reset })).toMatchObject({ state: 'expired' });
  });

  it('is not granted by the right check of before', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const id = await ask(test, 'ada');
    test.clock.advance(290);
    await api.check(test.service, { id, proof: { method: 'word', ...right } });
    test.clock.advance(9.9);
    const answers = await test.overtaken('authorization_request', [() => api.grant(test.service, { id })]);
    expect(answers).toMatchObject([expired]);
    expect(await rowsOf(test)).toEqual([asBefore]);
    await nothingIsProven(test);
  });

  it('is not granted by a proof that was judged right, and no check of it is right; no factor is spent', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const byWord = { method: 'word', ...right };
    const byCard = { method: 'card', ...right };
    const [granted, checked] = [await ask(test, 'ada'), await ask(test, 'bob')];
    const [grantedByFactor, checkedByFactor] = [await askFactor(test, 'cy'), await askFactor(test, 'dan')];
    test.clock.advance(299.9);
    const answers = await test.overtaken(
      'authorization_request',
      [
        () => api.grant(test.service, { id: granted, proof: byWord }),
        () => api.check(test.service, { id: checked, proof: byWord }),
        () => api.grant(test.service, { id: grantedByFactor, proof: byCard }),
        () => api.check(test.service, { id: checkedByFactor, proof: byCard }),
      ],
      'the methods',
    );
    expect(answers).toMatchObject(answers.map(() => expired));
    // The attempt was spent in time; the charge is given back, for the proof was right.
    expect(await rowsOf(test)).toEqual(answers.map(() => ({ ...asBefore, attempts_left: 4 })));
    await nothingIsProven(test);
  });

  it('is not denied by its last wrong answer: it has expired', async () => {
    await using test = await openLateCore({ limits: { consecutiveWrongFree: 100 } });
    const api = test.core.authorizationRequest;
    const id = await ask(test, 'ada');
    const guess = () => api.grant(test.service, { id, proof: { method: 'word', ...wrong } });
    for (let turn = 0; turn < 4; turn += 1) await guess();
    test.clock.advance(299.9);
    const answers = await test.overtaken('authorization_request', [guess], 'the methods');
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { granted: false, attemptsLeft: 0, request: { state: 'expired' } } },
    ]);
    expect(await rowsOf(test)).toEqual([{ ...asBefore, attempts_left: 0 }]);
    const { items } = await test.events(test.service, { types: ['authorization_request.denied'] });
    expect(items).toEqual([]);
  });
});

it('a request that expired while its proof waited for its factor is not granted, and the factor is not spent', async () => {
  await using test = await openLateCore();
  const api = test.core.authorizationRequest;
  const proof = { method: 'card', ...right };
  const [granted, checked] = [await askFactor(test, 'ada'), await askFactor(test, 'bob')];
  test.clock.advance(299.9);
  const answers = await test.overtaken(
    'factor',
    [
      () => api.grant(test.service, { id: granted, proof }),
      () => api.check(test.service, { id: checked, proof }),
    ],
    'the methods',
  );
  expect(answers).toMatchObject([expired, expired]);
  expect(await rowsOf(test)).toEqual(answers.map(() => ({ ...asBefore, attempts_left: 4 })));
  await nothingIsProven(test);
});
