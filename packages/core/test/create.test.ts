import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataHash, defineOperation, displayHash, otp } from '../src/index.ts';
import { createOutbox, openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, transferData } from './fixtures.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: (data, { locale }) => (locale === 'de' ? `Überweisung an ${data.to}` : `Transfer to ${data.to}`),
  facts: (data) => ({ To: data.to, Amount: `€ ${(data.amountCents / 100).toFixed(2)}` }),
  clientCreatable: true,
  expiresInSeconds: 120,
  attemptsMax: 3,
});
const closeAccount = defineOperation({
  slug: 'close-account',
  data: z.null(),
  title: 'Close the account',
  session: 'required',
});
const vault = defineOperation({
  slug: 'vault',
  data: z.null(),
  title: 'Open the vault',
  binding: 'cryptographic',
});
const operations = [transfer, closeAccount, vault];

describe('a request that the service creates', () => {
  it('has the facts of its operation, both hashes and the operation’s limits', async () => {
    await using test = await openTestCore({ operations });
    const request = await test.core.authorizationRequest.create(test.service, {
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
      deliverTo: { channel: 'sms', address: '+49 151 2345 6789' },
      locale: 'de',
      relatedObjects: [{ type: 'account', id: '7' }],
    });
    const facts = [
      { label: 'To', value: 'GB29' },
      { label: 'Amount', value: '€ 2500.00' },
    ];
    expect(request).toMatchObject({
      state: 'waiting',
      title: 'Überweisung an GB29',
      facts,
      data: transferData,
      dataHash: dataHash('transfer', transferData),
      displayHash: displayHash({ title: 'Überweisung an GB29', description: null, facts }),
      attemptsLeft: 3,
      relatedObjects: [{ type: 'account', id: '7' }],
      requiredBinding: 'none',
      binding: null,
    });
    expect(request.expiresAt.getTime() - request.createdAt.getTime()).toBe(120_000);
    expect(request.challenge?.expiresAt).toEqual(request.expiresAt);
    expect(test.outbox.messages).toHaveLength(1);
    expect(test.outbox.messages[0]).toMatchObject({ to: '+4915123456789', channel: 'sms' });
    expect(test.outbox.messages[0]?.code).toMatch(/^[0-9]{6}$/);
  });

  it('reads back exactly as it was answered', async () => {
    await using test = await openTestCore({ operations });
    const created = await test.core.authorizationRequest.create(test.service, {
      slug: 'adhoc.operation',
      subjectId: 'ada',
      data: { nested: [1, 2.5, 1e21, null, 'ü', { b: 1, a: 2 }] },
      title: 'One off',
      description: 'Two\nlines',
      facts: [{ label: 'L', value: 'V' }],
      sessionId: 's1',
      relatedObjects: [{ type: 't', id: 'i' }],
      deliverTo: { channel: 'email', address: 'Ada@Example.ORG' },
    });
    expect(await test.core.authorizationRequest.get(test.service, { id: created.id })).toEqual(created);
  });

  it('shows control and bidirectional marks instead of obeying them', async () => {
    await using test = await openTestCore();
    const request = await createTransfer(test, {
      title: 'Pay \u202e01\u202c',
      facts: [{ label: 'a\tb', value: 'x\u200by' }],
    });
    expect(request).toMatchObject({
      title: 'Pay \\u202e01\\u202c',
      facts: [{ label: 'a\\u0009b', value: 'x\\u200by' }],
    });
  });

  it('answers hostile data shortly, and before the operation’s schema has looked at it', async () => {
    await using test = await openTestCore({ operations });
    const create = (data: unknown) =>
      test.core.authorizationRequest.create(test.service, { slug: 'transfer', subjectId: 'ada', data });
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key${n}`, n]));
    const error = await create({ ...transferData, ...many }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refusal('invalid_input'));
    expect(JSON.stringify(error).length).toBeLessThan(10_000);
    await expect(create({ items: Array.from({ length: 20_000 }, () => 1) })).rejects.toMatchObject({
      details: { issues: [{ code: 'too_big' }] },
    });
  });

  const refused: [string, object, string][] = [
    ['no subject', { subjectId: undefined }, 'invalid_input'],
    ['an empty subject', { subjectId: '' }, 'invalid_input'],
    ['a subject of 201 characters', { subjectId: 'x'.repeat(201) }, 'invalid_input'],
    ['a bad slug', { slug: '-x' }, 'invalid_input'],
    ['a reserved slug', { slug: 'countersign.factor.create' }, 'invalid_input'],
    ['an unknown key', { colour: 'red' }, 'invalid_input'],
    ['13 facts', { facts: Array.from({ length: 13 }, () => ({ label: 'a', value: 'b' })) }, 'invalid_input'],
    ['a long label', { facts: [{ label: 'x'.repeat(41), value: 'b' }] }, 'invalid_input'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'invalid_input'],
    ['an expiry beyond an hour', { expiresInSeconds: 3601 }, 'invalid_input'],
    ['an expiry of none', { expiresInSeconds: 0 }, 'invalid_input'],
    ['an execution window beyond a day', { executeWithinSeconds: 86_401 }, 'invalid_input'],
    [
      '21 related objects',
      { relatedObjects: Array.from({ length: 21 }, () => ({ type: 'a', id: 'b' })) },
      'invalid_input',
    ],
    ['a context beyond 8 KiB', { context: 'x'.repeat(8192) }, 'invalid_input'],
    ['a phone number that is none', { deliverTo: { channel: 'sms', address: '12' } }, 'invalid_input'],
    [
      'an e-mail address that is none',
      { deliverTo: { channel: 'email', address: 'nobody' } },
      'invalid_input',
    ],
    ['an unknown method', { methods: ['smoke'] }, 'method_unavailable'],
    ['a method named like a property of objects', { methods: ['__proto__'] }, 'method_unavailable'],
    ['a factor that nobody has', { factorIds: ['fact_x'] }, 'method_unavailable'],
    ['nowhere to send a code', { deliverTo: undefined }, 'method_unavailable'],
    [
      'a text of its own for a declared operation',
      { slug: 'close-account', data: null, sessionId: 's' },
      'invalid_input',
    ],
    [
      'data the operation does not know',
      { slug: 'transfer', title: undefined, facts: undefined, data: { to: 1 } },
      'invalid_input',
    ],
    [
      'no session where one is required',
      { slug: 'close-account', title: undefined, facts: undefined, data: null },
      'invalid_input',
    ],
    [
      'a binding no method has',
      { slug: 'vault', title: undefined, facts: undefined, data: null },
      'method_unavailable',
    ],
  ];
  it('is refused with its reason, and nothing is stored or sent', async () => {
    await using test = await openTestCore({ operations });
    for (const [what, changes, reason] of refused) {
      await expect(createTransfer(test, { slug: 'adhoc', ...changes }), what).rejects.toMatchObject(
        refusal(reason),
      );
    }
    const { rows } = await test.database.sql.query(
      'SELECT (SELECT count(*)::int FROM countersign.authorization_request) AS requests, (SELECT count(*)::int FROM countersign.event) AS events, (SELECT count(*)::int FROM countersign.subject_security) AS budgets',
    );
    expect(rows).toEqual([{ requests: 0, events: 0, budgets: 0 }]);
    expect(test.outbox.messages).toEqual([]);
  });

  it('leaves the choice to the person when several methods are possible', async () => {
    const second = createOutbox();
    const other = {
      ...otp({ send: second.send }),
      key: 'fax',
      proof: z.strictObject({ method: z.literal('fax'), code: z.string() }),
    };
    const first = createOutbox();
    await using test = await openTestCore({ methods: [otp({ send: first.send }), other] });
    const request = await createTransfer(test);
    expect(request).toMatchObject({ methods: ['otp', 'fax'], challenge: null });
    expect([...first.messages, ...second.messages]).toEqual([]);
    const { id } = request;
    await expect(test.core.authorizationRequest.challenge(test.service, { id })).rejects.toMatchObject(
      refusal('method_ambiguous'),
    );
    await expect(test.core.authorizationRequest.reset(test.service, { id })).rejects.toMatchObject(
      refusal('method_ambiguous'),
    );
    const challenge = await test.core.authorizationRequest.challenge(test.service, { id, method: 'fax' });
    expect(challenge).toMatchObject({ method: 'fax', sentTo: 'a•••@example.org' });
    expect(second.messages).toHaveLength(1);
    const code = second.codeFor('ada@example.org');
    expect(
      await test.core.authorizationRequest.check(test.service, { id, proof: { method: 'otp', code } }),
    ).toMatchObject({ valid: false });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id, proof: { method: 'fax', code } }),
    ).toMatchObject({ granted: true });
  });
});

describe('a request that a subject creates in its browser', () => {
  it('is its own, bound to its session, and sent where the host says', async () => {
    const outbox = createOutbox();
    const resolve = ({ subjectId }: { subjectId: string }) =>
      ({ channel: 'email', address: `${subjectId}@host.example` }) as const;
    await using test = await openTestCore({ operations, methods: [otp({ send: outbox.send, resolve })] });
    const request = await test.core.authorizationRequest.create(test.subject('ada', 's1'), {
      slug: 'transfer',
      data: transferData,
    });
    expect(request).toMatchObject({
      subjectId: 'ada',
      sessionId: 's1',
      challenge: { sentTo: 'a•••@host.example' },
    });
  });

  it('is refused when the operation is not for browsers, or has no session', async () => {
    await using test = await openTestCore({ operations });
    const create = (slug: string, session: string | null) =>
      test.core.authorizationRequest.create(test.subject('ada', session), {
        slug,
        data: slug === 'transfer' ? transferData : null,
      });
    await expect(create('close-account', 's1')).rejects.toMatchObject(refusal('forbidden'));
    await expect(create('adhoc', 's1')).rejects.toMatchObject(refusal('forbidden'));
    await expect(create('transfer', null)).rejects.toMatchObject(refusal('forbidden'));
  });

  it.each([
    { subjectId: 'bob' },
    { title: 'Harmless' },
    { description: 'Nothing to see' },
    { facts: [{ label: 'Amount', value: '€ 1' }] },
    { sessionId: 's2' },
    { relatedObjects: [] },
    { deliverTo: { channel: 'email', address: 'mallory@example.org' } as const },
    { expiresInSeconds: 3600 },
    { executeWithinSeconds: 86_400 },
    { context: {} },
  ])('never says what only the service may: %o', async (key) => {
    await using test = await openTestCore({ operations });
    const created = test.core.authorizationRequest.create(test.subject('ada', 's1'), {
      slug: 'transfer',
      data: transferData,
      ...key,
    });
    await expect(created).rejects.toMatchObject(refusal('forbidden'));
    expect(test.outbox.messages).toEqual([]);
  });
});

describe('limits of creation', () => {
  it('lets a subject have 10 requests waiting and says when the next one may come', async () => {
    await using test = await openTestCore({ limits: { sendsPerRecipient10MinutesMax: 100 } });
    for (let n = 0; n < 10; n += 1) await createTransfer(test, { data: { n }, expiresInSeconds: 300 + n });
    const first = test.clock.now().getTime() + 300_000;
    await expect(createTransfer(test)).rejects.toMatchObject(
      refusal('rate_limited', { retryAt: new Date(first) }),
    );
    await createTransfer(test, { subjectId: 'bob' });
    test.clock.advance(300);
    await createTransfer(test);
    await expect(createTransfer(test, { data: 1 })).rejects.toMatchObject(refusal('rate_limited'));
  });

  it('frees the place of a request that was decided', async () => {
    await using test = await openTestCore({ limits: { waitingPerSubjectMax: 1 } });
    const { id } = await createTransfer(test);
    await expect(createTransfer(test)).rejects.toMatchObject(refusal('rate_limited'));
    await test.core.authorizationRequest.cancel(test.service, { id });
    await createTransfer(test);
  });

  it('sends at most 10 messages to one mailbox in 10 minutes, whatever its spelling and whoever asks', async () => {
    await using test = await openTestCore();
    const spellings = ['ada@example.org', 'ADA@example.org', 'ada+1@EXAMPLE.org'];
    for (let n = 0; n < 10; n += 1) {
      const deliverTo = { channel: 'email', address: spellings[n % 3] ?? '' } as const;
      await createTransfer(test, { subjectId: `subject-${n}`, deliverTo });
    }
    const another = () =>
      createTransfer(test, {
        subjectId: 'eve',
        deliverTo: { channel: 'email', address: 'ada+2@example.org' },
      });
    await expect(another()).rejects.toMatchObject(
      refusal('rate_limited', { retryAt: new Date(test.clock.now().getTime() + 600_000) }),
    );
    expect(test.outbox.messages).toHaveLength(10);
    const { rows } = await test.database.sql.query(
      "SELECT count(*)::int AS n FROM countersign.subject_security WHERE subject_id = 'eve'",
    );
    expect(rows).toEqual([{ n: 0 }]);
    test.clock.advance(601);
    await another();
  });

  it('sends at most 30 messages for one subject in a day', async () => {
    await using test = await openTestCore({ limits: { waitingPerSubjectMax: 100 } });
    for (let n = 0; n < 30; n += 1) {
      await createTransfer(test, {
        data: { n },
        deliverTo: { channel: 'email', address: `${n}@example.org` },
      });
    }
    await expect(createTransfer(test)).rejects.toMatchObject(
      refusal('rate_limited', { retryAt: new Date(test.clock.now().getTime() + 86_400_000) }),
    );
    test.clock.advance(86_401);
    await createTransfer(test);
  });

  it('waits a minute after a deny before the same operation and data are asked again', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.deny(test.service, { id });
    const retryAt = new Date(test.clock.now().getTime() + 60_000);
    await expect(createTransfer(test)).rejects.toMatchObject(refusal('rate_limited', { retryAt }));
    await createTransfer(test, { data: { ...transferData, amountCents: 1 } });
    await createTransfer(test, { subjectId: 'bob' });
    test.clock.advance(60);
    await createTransfer(test);
  });
});
