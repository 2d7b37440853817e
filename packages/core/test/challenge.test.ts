import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCore, otp } from '../src/index.ts';
import { openTestCore } from '../testing/index.ts';
import { address, createTransfer, refusal, rightProof, wrongProof } from './fixtures.ts';

describe('the message', () => {
  it('names the operation and its facts in the person’s language, and has no link', async () => {
    await using test = await openTestCore({ limits: { sendsPerRecipient10MinutesMax: 99 } });
    const openings = {
      en: 'is your code to authorize',
      'de-AT': 'Ihr Code zur Freigabe',
      fr: 'votre code pour autoriser',
      es: 'su código para autorizar',
    };
    for (const [locale, opening] of Object.entries(openings)) {
      await createTransfer(test, { locale, data: { locale } });
      const { text, code } = test.outbox.messages.at(-1) ?? { text: '', code: '' };
      expect(text).toContain(opening);
      for (const part of [code, 'Transfer money', 'Amount: € 2,500.00', '5 ']) expect(text).toContain(part);
      expect(text).not.toMatch(/https?:|www\.|href/i);
    }
    await createTransfer(test, { locale: 'tlh', data: 1 });
    expect(test.outbox.messages.at(-1)?.text).toContain('is your code to authorize');
  });

  it('cannot be bent by facts that look like a template or like markup', async () => {
    await using test = await openTestCore();
    await createTransfer(test, {
      title: "Pay {code} <b>now</b> '{'",
      facts: [{ label: '{title}', value: "{minutes, plural, one {x}} ''" }],
    });
    const { text, code } = test.outbox.messages[0] ?? { text: '', code: '' };
    expect(text).toContain(
      "to authorize: Pay {code} <b>now</b> '{'.\n{title}: {minutes, plural, one {x}} ''",
    );
    expect(text.split(code)).toHaveLength(2);
  });

  it('leaves after the commit: the sender already finds the request', async () => {
    await using test = await openTestCore();
    let found: unknown;
    test.outbox.behaviour = async () => {
      const { rows } = await test.database.sql.query('SELECT state FROM countersign.authorization_request');
      found = rows;
    };
    await createTransfer(test);
    expect(found).toEqual([{ state: 'waiting' }]);
  });

  it('carries the request as its owner sees it, what was passed along, and a key against double sending', async () => {
    await using test = await openTestCore();
    const request = await createTransfer(test, { context: { ip: '::1' } });
    const [message] = test.outbox.messages;
    expect(message).toMatchObject({
      request: { id: request.id, state: 'waiting' },
      context: { ip: '::1' },
      idempotencyKey: request.challenge?.id,
    });
    expect(JSON.stringify(message?.request)).not.toContain(message?.code);
  });
});

describe('a sender that fails', () => {
  const failures: [string, () => Promise<void>][] = [
    ['throws', () => Promise.reject(new Error('550 no such user, code 12345678'))],
    ['takes too long', () => new Promise(() => undefined)],
  ];
  it.each(failures)(
    '%s: delivery_failed with the request, which may be asked again at once',
    async (_, behaviour) => {
      await using test = await openTestCore({ limits: { sendSecondsMax: 0.05 } });
      test.outbox.behaviour = behaviour;
      const error = await createTransfer(test).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        reason: 'delivery_failed',
        authorizationRequest: { state: 'waiting', challenge: { resendAfter: null } },
      });
      expect(JSON.stringify(error)).not.toContain('550');
      const { id } = (error as { authorizationRequest: { id: string } }).authorizationRequest;
      test.outbox.behaviour = null;
      await test.core.authorizationRequest.challenge(test.service, { id });
      expect(
        await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) }),
      ).toMatchObject({ granted: true });
    },
  );

  it('answers a retry with the same idempotency key in the same way, and sends nothing more', async () => {
    await using test = await openTestCore();
    test.outbox.behaviour = () => Promise.reject(new Error('down'));
    await expect(createTransfer(test, { idempotencyKey: 'k' })).rejects.toMatchObject(
      refusal('delivery_failed'),
    );
    test.outbox.behaviour = null;
    await expect(createTransfer(test, { idempotencyKey: 'k' })).rejects.toMatchObject(
      refusal('delivery_failed'),
    );
    expect(test.outbox.messages).toHaveLength(1);
  });
});

describe('a resend', () => {
  it('waits a minute, comes three times, and then no more', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test, { expiresInSeconds: 3600 });
    const resend = () => test.core.authorizationRequest.challenge(test.service, { id });
    const retryAt = new Date(test.clock.now().getTime() + 60_000);
    await expect(resend()).rejects.toMatchObject(refusal('rate_limited', { retryAt }));
    for (let n = 0; n < 3; n += 1) {
      test.clock.advance(60);
      await resend();
    }
    test.clock.advance(3000);
    await expect(resend()).rejects.toMatchObject(refusal('rate_limited'));
    expect(test.outbox.messages).toHaveLength(4);
  });

  it('leaves the code before it valid, but not the one before that', async () => {
    for (const [age, granted] of [
      [0, true],
      [1, true],
      [2, false],
    ] as const) {
      await using test = await openTestCore();
      const { id } = await createTransfer(test);
      for (let n = 0; n < 2; n += 1) {
        test.clock.advance(60);
        await test.core.authorizationRequest.challenge(test.service, { id });
      }
      const code = test.outbox.messages.at(-1 - age)?.code ?? '';
      expect(
        await test.core.authorizationRequest.grant(test.service, { id, proof: { method: 'otp', code } }),
      ).toMatchObject({ granted });
    }
  });

  it('refills no attempts: both codes share one counter', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const guess = () => test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    for (const left of [4, 3, 2]) expect(await guess()).toMatchObject({ granted: false, attemptsLeft: left });
    test.clock.advance(60);
    await test.core.authorizationRequest.challenge(test.service, { id });
    expect(await guess()).toMatchObject({ attemptsLeft: 1 });
    expect(await guess()).toMatchObject({
      granted: false,
      attemptsLeft: 0,
      request: { state: 'denied', reason: 'attempts_exhausted' },
    });
    await expect(guess()).rejects.toMatchObject(
      refusal('not_waiting', { state: 'denied', reason: 'attempts_exhausted' }),
    );
  });
});

describe('a reset', () => {
  it('voids the codes so far, gives a new expiry, keeps the attempts and counts as a resend', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const old = rightProof(test);
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    await expect(test.core.authorizationRequest.reset(test.service, { id })).rejects.toMatchObject(
      refusal('rate_limited'),
    );
    test.clock.advance(60);
    const { request, challenge } = await test.core.authorizationRequest.reset(test.service, {
      id,
      expiresInSeconds: 600,
    });
    expect(request).toMatchObject({
      attemptsLeft: 4,
      expiresAt: new Date(test.clock.now().getTime() + 600_000),
    });
    expect(challenge).toEqual(request.challenge);
    expect(await test.core.authorizationRequest.grant(test.service, { id, proof: old })).toMatchObject({
      granted: false,
      attemptsLeft: 3,
    });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) }),
    ).toMatchObject({ granted: true });
    const { items } = await test.events(test.service, { requestId: id });
    expect(items.map(({ type }) => type.split('.')[1])).toEqual([
      'created',
      'challenged',
      'check_failed',
      'reset',
      'challenged',
      'check_failed',
      'granted',
    ]);
  });

  it('never lets a request live beyond an hour', async () => {
    await using test = await openTestCore();
    const { id, createdAt } = await createTransfer(test, { expiresInSeconds: 3600 });
    test.clock.advance(3000);
    const { request } = await test.core.authorizationRequest.reset(test.service, {
      id,
      expiresInSeconds: 3600,
    });
    expect(request.expiresAt).toEqual(new Date(createdAt.getTime() + 3_600_000));
  });

  it.each(['granted', 'denied', 'cancelled', 'expired'] as const)(
    'does not revive a request that is %s',
    async (state) => {
      await using test = await openTestCore();
      const { id } = await createTransfer(test);
      const api = test.core.authorizationRequest;
      if (state === 'granted') await api.grant(test.service, { id, proof: rightProof(test) });
      if (state === 'denied') await api.deny(test.service, { id });
      if (state === 'cancelled') await api.cancel(test.service, { id });
      test.clock.advance(state === 'expired' ? 300 : 60);
      for (const revive of [api.reset, api.challenge]) {
        await expect(revive(test.service, { id })).rejects.toMatchObject({
          reason: state === 'expired' ? 'expired' : 'not_waiting',
        });
      }
    },
  );
});

describe('a code', () => {
  it('is judged wrong when it belongs to another request of the same subject', async () => {
    await using test = await openTestCore();
    const first = await createTransfer(test);
    const code = rightProof(test);
    const second = await createTransfer(test, { data: { other: true } });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: second.id, proof: code }),
    ).toMatchObject({ granted: false });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: first.id, proof: code }),
    ).toMatchObject({ granted: true });
  });

  it('ends with its challenge, though the request goes on', async () => {
    await using test = await openTestCore();
    const { id, challenge } = await createTransfer(test, { expiresInSeconds: 3600 });
    expect(challenge?.expiresAt).toEqual(new Date(test.clock.now().getTime() + 300_000));
    test.clock.advance(300);
    expect((await test.core.authorizationRequest.get(test.service, { id })).challenge).toBeNull();
    expect(
      await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) }),
    ).toMatchObject({ granted: false });
  });

  it('is stored only as a keyed digest, and appears in no table', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test, { context: { note: 'x' } });
    const { code } = rightProof(test);
    await test.core.authorizationRequest.check(test.service, {
      id,
      proof: { method: 'otp', code },
      idempotencyKey: 'k1',
    });
    await test.core.authorizationRequest.grant(test.service, {
      id,
      proof: { method: 'otp', code },
      idempotencyKey: 'k2',
    });
    const { rows: tables } = await test.database.sql.query<{ name: string }>(
      "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema = 'countersign'",
    );
    for (const { name } of tables) {
      const { rows } = await test.database.sql.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      for (const { row } of rows) expect(row, name).not.toContain(code);
    }
  });

  it('stays valid when the secret is rotated, as long as the old one is among the previous', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const other = await createTransfer(test, { subjectId: 'bob' });
    const open = (secret: { active: string; previous: string[] }) =>
      openCore({
        database: test.database.url,
        secret,
        clock: test.clock,
        methods: [otp({ send: test.outbox.send })],
        sweep: false,
        migrate: false,
      });
    const forgetful = await open({ active: randomBytes(32).toString('base64'), previous: [] });
    const rotated = await open({ active: randomBytes(32).toString('base64'), previous: [test.secret] });
    try {
      const service = { kind: 'service' } as const;
      const proof = rightProof(test, 'bob');
      expect(
        await forgetful.authorizationRequest.grant(forgetful.context(service), { id: other.id, proof }),
      ).toMatchObject({ granted: false });
      expect(
        await rotated.authorizationRequest.grant(rotated.context(service), { id, proof: rightProof(test) }),
      ).toMatchObject({ granted: true });
    } finally {
      await forgetful.close();
      await rotated.close();
    }
  });

  it.each(['', '1', '12345', '12345678901', 'ABCDEFGH', '１２３４５６'])(
    'is never %o, whatever a generator makes',
    async (made) => {
      await using test = await openTestCore();
      const created = test.core.authorizationRequest.create(
        test.service,
        { slug: 's', subjectId: 'ada', deliverTo: { channel: 'email', address: address('ada') } },
        { generate: () => made },
      );
      await expect(created).rejects.toThrow(/pattern|invalid/i);
      const { rows } = await test.database.sql.query('SELECT FROM countersign.authorization_request');
      expect(rows).toEqual([]);
    },
  );

  it('can come from a generator and a sender of one request', async () => {
    await using test = await openTestCore();
    const sent: string[] = [];
    const { id } = await test.core.authorizationRequest.create(
      test.service,
      { slug: 's', subjectId: 'ada', deliverTo: { channel: 'email', address: address('ada') } },
      { generate: () => '424242', send: (message) => Promise.resolve(void sent.push(message.code)) },
    );
    expect(sent).toEqual(['424242']);
    expect(test.outbox.messages).toEqual([]);
    expect(
      await test.core.authorizationRequest.grant(test.service, {
        id,
        proof: { method: 'otp', code: '424242' },
      }),
    ).toMatchObject({ granted: true });
  });
});
