import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';

/** Rings at a person; answered by the digits that the asking screen shows. */
const bell = defineMethod({
  key: 'bell',
  title: 'Bell',
  binding: 'server',
  prompts: true,
  endsWhenWrong: true,
  proof: z.strictObject({ digits: z.string() }),
  reach: () => ({ recipient: null }),
  issue: () => ({ digits: 3 }),
  verify: ({ proof, matches }) => ({ valid: matches(proof.digits) }),
});

async function ring(test: TestCore, slug: string, changes: { sessionId?: string; data?: unknown } = {}) {
  return await test.core.authorizationRequest.create(test.service, {
    slug,
    subjectId: 'ada',
    title: 'Ring',
    ...changes,
  });
}

const at = (test: TestCore, seconds: number) => new Date(test.clock.now().getTime() + seconds * 1000);

describe('prompts', () => {
  it('wait one at a time for each operation, and five at a time in all', async () => {
    await using test = await openTestCore({ methods: [bell], limits: { promptsPerHourMax: 100 } });
    const first = await ring(test, 'one');
    const until = { retryAt: first.challenge?.expiresAt };
    await expect(ring(test, 'one', { data: 2 })).rejects.toMatchObject(refusal('rate_limited', until));
    for (const slug of ['two', 'three', 'four', 'five']) await ring(test, slug);
    await expect(ring(test, 'six')).rejects.toMatchObject(refusal('rate_limited', until));
    await test.core.authorizationRequest.cancel(test.service, { id: first.id });
    await ring(test, 'six');
    await test.core.authorizationRequest.challenge(test.service, { id: (await ringIds(test))[0] ?? '' });
  });

  it('come five times an hour until one is answered rightly', async () => {
    await using test = await openTestCore({ methods: [bell] });
    const api = test.core.authorizationRequest;
    let last = await ring(test, 'one');
    for (let again = 0; again < 4; again += 1) {
      await api.cancel(test.service, { id: last.id });
      last = await ring(test, 'one');
    }
    await expect(api.challenge(test.service, { id: last.id })).rejects.toMatchObject(
      refusal('rate_limited', { retryAt: at(test, 3600) }),
    );
    const proof = { method: 'bell', digits: last.challenge?.digits ?? '' };
    expect(await api.grant(test.service, { id: last.id, proof })).toMatchObject({ granted: true });
    await ring(test, 'one');
  });

  it('of 200 parallel creations are as many as the limits allow', async () => {
    await using test = await openTestCore({ methods: [bell], limits: { waitingPerSubjectMax: 200 } });
    const rung = await Promise.allSettled(
      Array.from({ length: 200 }, (_, number) => ring(test, `operation-${number % 40}`, { data: number })),
    );
    expect(rung.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });
});

async function ringIds(test: TestCore): Promise<string[]> {
  const { items } = await test.core.authorizationRequest.list(test.service, {
    subjectId: 'ada',
    state: 'waiting',
  });
  return items.map(({ id }) => id);
}

describe('digits', () => {
  it('are shown to the actor and session that asked, again and again, and to nobody else, nowhere else', async () => {
    await using test = await openTestCore({ methods: [bell] });
    const api = test.core.authorizationRequest;
    const created = await ring(test, 'one', { sessionId: 's1' });
    const digits = created.challenge?.digits;
    expect(digits).toMatch(/^[0-9]{3}$/);
    expect((await api.get(test.service, { id: created.id })).challenge?.digits).toBe(digits);
    const ada = test.subject('ada', 's1');
    expect((await api.get(ada, { id: created.id })).challenge?.digits).toBeNull();
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_x' });
    expect((await api.get(device, { id: created.id })).challenge?.digits).toBeNull();
    test.clock.advance(1);
    const asked = await api.challenge(ada, { id: created.id });
    expect((await api.get(ada, { id: created.id })).challenge?.digits).toBe(asked.digits);
    expect((await api.get(test.service, { id: created.id })).challenge?.digits).toBeNull();
    for await (const event of await api.watch(ada, { id: created.id })) {
      if (event.type === 'authorization_request.snapshot')
        expect(event.data.request.challenge?.digits).toBe(asked.digits);
      break;
    }
    const events = await test.events(test.service, {});
    expect(JSON.stringify(events.items.map(({ data }) => data))).not.toMatch(/"digits"/);
    const { rows } = await test.database.sql.query('SELECT c::text FROM countersign.challenge c');
    expect(JSON.stringify(rows)).not.toContain(`"${digits}"`);
  });

  it('are right for one entry: the first wrong one ends the challenge, of 200 parallel ones too', async () => {
    const limits = { wrongProofsPerDayMax: 500, consecutiveWrongFree: 500, consecutiveWrongMax: 500 };
    await using test = await openTestCore({ methods: [bell], limits });
    const api = test.core.authorizationRequest;
    const { id, challenge } = await ring(test, 'one');
    const guesses = [...Array(200).keys()].map((guess) => String(guess + 300).padStart(3, '0'));
    const without = guesses.filter((guess) => guess !== challenge?.digits);
    const answers = await Promise.allSettled(
      without.map((digits) => api.grant(test.service, { id, proof: { method: 'bell', digits } })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const second = await ring(test, 'two');
    const wrong = second.challenge?.digits === '000' ? '001' : '000';
    await api.grant(test.service, { id: second.id, proof: { method: 'bell', digits: wrong } });
    expect((await api.get(test.service, { id: second.id })).challenge).toBeNull();
    const late = { method: 'bell', digits: second.challenge?.digits ?? '' };
    expect(await api.grant(test.service, { id: second.id, proof: late })).toMatchObject({ granted: false });
    const fresh = await api.challenge(test.service, { id: second.id });
    const right = { method: 'bell', digits: fresh.digits ?? '' };
    expect(await api.check(test.service, { id: second.id, proof: right })).toMatchObject({ valid: true });
    expect(await api.grant(test.service, { id: second.id, proof: right })).toMatchObject({ granted: true });
  });

  it('are not in the answer that an idempotency key repeats', async () => {
    await using test = await openTestCore({ methods: [bell] });
    const input = { slug: 'one', subjectId: 'ada', title: 'Ring', idempotencyKey: 'k' };
    const first = await test.core.authorizationRequest.create(test.service, input);
    const again = await test.core.authorizationRequest.create(test.service, input);
    expect(first.challenge?.digits).toMatch(/^[0-9]{3}$/);
    expect(again).toEqual({ ...first, challenge: { ...first.challenge, digits: null } });
  });
});
