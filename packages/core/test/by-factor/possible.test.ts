import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation } from '../../src/index.ts';
import { refusal } from '../fixtures.ts';
import { ask, enrolEmail, enrolTotp, openWithFactors } from './enrolled.ts';

const strong = defineOperation({
  slug: 'strong',
  data: z.unknown(),
  title: 'Strong',
  binding: 'cryptographic',
});
const server = defineOperation({ slug: 'server', data: z.unknown(), title: 'Server', binding: 'server' });
const listed = defineOperation({
  slug: 'listed',
  data: z.unknown(),
  title: 'Listed',
  methods: ['totp', 'recovery-code'],
});
const operations = [strong, server, listed];

describe('which methods are possible', () => {
  it('are those by which the subject has a factor in force, and none is an error', async () => {
    await using test = await openWithFactors();
    await expect(ask(test)).rejects.toMatchObject(refusal('method_unavailable'));
    await enrolTotp(test);
    expect(await ask(test)).toMatchObject({
      methods: ['totp'],
      challenge: { method: 'totp', options: null },
    });
    await enrolEmail(test, 'ada@example.org');
    expect(await ask(test)).toMatchObject({ methods: ['otp', 'totp'], challenge: null });
    await expect(ask(test, { subjectId: 'bob' })).rejects.toMatchObject(refusal('method_unavailable'));
  });

  it('are not those of an operation that demands more: neither offered nor accepted', async () => {
    await using test = await openWithFactors({ operations });
    const app = await enrolTotp(test);
    await enrolEmail(test, 'ada@example.org');
    const asked = { title: undefined };
    await expect(ask(test, { slug: 'strong', ...asked })).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    const request = await ask(test, { slug: 'server', ...asked });
    expect(request).toMatchObject({ methods: ['otp'], requiredBinding: 'server' });
    await expect(
      test.core.authorizationRequest.grant(test.service, { id: request.id, proof: app.proof() }),
    ).rejects.toMatchObject(refusal('method_unavailable'));
    // Bug 18 at the database: a request that came to allow a weaker method accepts no weaker proof.
    await test.database.sql.query(`ALTER TABLE countersign.authorization_request DISABLE TRIGGER USER;
      UPDATE countersign.authorization_request SET methods = '{otp,totp}'`);
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: request.id, proof: app.proof() }),
    ).toMatchObject({ granted: false });
  });

  it('include recovery codes and the dummy only where an operation lists them', async () => {
    await using test = await openWithFactors({ operations });
    await test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'recovery-code' });
    await expect(ask(test)).rejects.toMatchObject(refusal('method_unavailable'));
    expect(await ask(test, { slug: 'listed', title: undefined })).toMatchObject({
      methods: ['recovery-code'],
    });
  });

  it('are narrowed by factorIds, which are the subject’s own or none', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    const email = await enrolEmail(test, 'ada@example.org');
    const bobs = await enrolTotp(test, 'bob');
    expect(await ask(test, { factorIds: [email] })).toMatchObject({
      methods: ['otp'],
      challenge: { factorId: email, sentTo: 'a•••@example.org' },
    });
    await expect(ask(test, { factorIds: [bobs.factorId] })).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    await expect(ask(test, { factorIds: ['fact_x'] })).rejects.toMatchObject(refusal('method_unavailable'));
    const pinned = await ask(test, { factorIds: [app.factorId] });
    const second = await enrolTotp(test);
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: pinned.id, proof: second.proof() }),
    ).toMatchObject({ granted: false });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: pinned.id, proof: app.proof() }),
    ).toMatchObject({ granted: true });
  });

  it('are not those whose method an operator has switched off, for a waiting request neither', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    const operator = test.core.context({ kind: 'operator' });
    const request = await ask(test);
    const [totp] = (await test.core.method.list(test.service, {})).filter(({ key }) => key === 'totp');
    await test.core.method.configure(operator, {
      id: totp?.id,
      key: 'totp',
      title: 'App',
      config: {},
      isActive: false,
    });
    await expect(ask(test)).rejects.toMatchObject(refusal('method_unavailable'));
    await expect(
      test.core.authorizationRequest.challenge(test.service, { id: request.id }),
    ).rejects.toMatchObject(refusal('method_unavailable'));
    await expect(
      test.core.authorizationRequest.grant(test.service, { id: request.id, proof: app.proof() }),
    ).rejects.toMatchObject(refusal('method_unavailable'));
    expect(await test.core.authorizationRequest.get(test.service, { id: request.id })).toMatchObject({
      attemptsLeft: 5,
    });
  });

  it('are not those that were switched off after their code was sent', async () => {
    await using test = await openWithFactors();
    await enrolEmail(test, 'ada@example.org');
    const operator = test.core.context({ kind: 'operator' });
    const { id } = await ask(test);
    const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
    const [otp] = (await test.core.method.list(test.service, {})).filter(({ key }) => key === 'otp');
    const off = { id: otp?.id, key: 'otp', title: 'Code', config: {}, isActive: false };
    await test.core.method.configure(operator, off);
    const api = test.core.authorizationRequest;
    await expect(api.grant(test.service, { id, proof })).rejects.toMatchObject(refusal('method_unavailable'));
    await test.core.method.configure(operator, { ...off, id: undefined, isActive: true });
    expect(await api.grant(test.service, { id, proof })).toMatchObject({ granted: false });
  });
});

describe('a message to a factor', () => {
  it('goes to the address of the factor that is asked, of several to the default one', async () => {
    await using test = await openWithFactors();
    await enrolEmail(test, 'first@example.org');
    const other = await enrolEmail(test, 'other@example.org');
    const request = await ask(test);
    expect(request.challenge).toMatchObject({ sentTo: 'f•••@example.org' });
    test.clock.advance(60);
    const again = await test.core.authorizationRequest.challenge(test.service, {
      id: request.id,
      factorId: other,
    });
    expect(again).toMatchObject({ factorId: other, sentTo: 'o•••@example.org' });
    const code = test.outbox.codeFor('other@example.org');
    expect(
      await test.core.authorizationRequest.grant(test.service, {
        id: request.id,
        proof: { method: 'otp', code },
      }),
    ).toMatchObject({ granted: true, request: { binding: 'server' } });
  });

  it('proves nothing any more when its factor was removed meanwhile', async () => {
    await using test = await openWithFactors();
    const factorId = await enrolEmail(test, 'ada@example.org');
    const { id } = await ask(test);
    await test.core.factors.remove(test.service, { id: factorId });
    const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
    expect(await test.core.authorizationRequest.grant(test.service, { id, proof })).toMatchObject({
      granted: false,
      attemptsLeft: 4,
    });
  });

  it('proves nothing any more when the address has changed meanwhile: it went to the old one', async () => {
    await using test = await openWithFactors();
    const factorId = await enrolEmail(test, 'old@example.org');
    const { id } = await ask(test);
    const changed = await test.core.factors.update(test.service, {
      id: factorId,
      config: { channel: 'email', address: 'new@example.org' },
    });
    const api = test.core.authorizationRequest;
    const toOld = { method: 'otp', code: test.outbox.codeFor('old@example.org') };
    // Until the new address is confirmed the old one is in force.
    expect(await api.check(test.service, { id, proof: toOld })).toMatchObject({ valid: true });
    await test.core.factors.confirm(test.service, {
      id: factorId,
      confirmationId: changed.confirmation?.id ?? '',
      data: { code: test.outbox.codeFor('new@example.org') },
    });
    await expect(api.grant(test.service, { id })).rejects.toMatchObject(refusal('proof_required'));
    expect(await api.grant(test.service, { id, proof: toOld })).toMatchObject({ granted: false });
  });
});
