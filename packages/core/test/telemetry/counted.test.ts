import { describe, expect, it } from 'vitest';
import { coreMeasures, declared } from '../../src/telemetry.ts';
import { openTestCore } from '../../testing/index.ts';
import { recordTelemetry } from '../../testing/telemetry.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { address, createTransfer, refusal, rightProof, transferData, wrongProof } from '../fixtures.ts';
import { transferOperation } from './operation.ts';

async function openCounted(options: Parameters<typeof openTestCore>[0] = {}) {
  const telemetry = recordTelemetry();
  const test = await openTestCore({ telemetry, operations: [transferOperation], ...options });
  return Object.assign(test, { telemetry });
}

const asked = { title: undefined, facts: undefined } as const;

describe('what became of a request is counted', () => {
  it('once for each transition that was committed', async () => {
    await using test = await openCounted();
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    test.clock.advance(12);
    await core.authorizationRequest.grant(service, { id, proof: rightProof(test) });
    test.clock.advance(3);
    await core.authorizationRequest.consume(service, {
      id,
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
    });
    expect(telemetry.counts('requests')).toEqual({
      'requests{outcome="challenged",slug="transfer",method="otp",reason="none"}': 1,
      'requests{outcome="consumed",slug="transfer",method="none",reason="none"}': 1,
      'requests{outcome="created",slug="transfer",method="otp",reason="none"}': 1,
      'requests{outcome="granted",slug="transfer",method="otp",reason="none"}': 1,
    });
    expect(telemetry.counts('grant_seconds')).toEqual({
      'grant_seconds{slug="transfer",method="otp",binding="server"}': 1,
    });
    expect(telemetry.counts('consume_seconds')).toEqual({ 'consume_seconds{slug="transfer"}': 1 });
    expect(telemetry.counts('deliveries')).toEqual({ 'deliveries{outcome="sent",channel="email"}': 1 });
  });

  it('not again when an idempotency key is repeated', async () => {
    await using test = await openCounted();
    const first = await createTransfer(test, { ...asked, idempotencyKey: 'one' });
    const second = await createTransfer(test, { ...asked, idempotencyKey: 'one' });
    expect(second.id).toBe(first.id);
    expect(
      test.telemetry.counts('requests')[
        'requests{outcome="created",slug="transfer",method="otp",reason="none"}'
      ],
    ).toBe(1);
  });

  it('not at all when it was refused', async () => {
    await using test = await openCounted();
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    await core.authorizationRequest.cancel(service, { id });
    const before = telemetry.counts('requests');
    await expect(core.authorizationRequest.cancel(service, { id })).rejects.toMatchObject(
      refusal('not_waiting'),
    );
    await expect(core.authorizationRequest.deny(service, { id })).rejects.toMatchObject(
      refusal('not_waiting'),
    );
    expect(telemetry.counts('requests')).toEqual(before);
  });

  it('also when time or the last wrong proof decides, by the slug of each', async () => {
    await using test = await openCounted();
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    for (let turn = 0; turn < 5; turn += 1)
      await core.authorizationRequest.grant(service, { id, proof: wrongProof(test) });
    await createTransfer(test, { ...asked, subjectId: 'bob' });
    test.clock.advance({ minutes: 30 });
    await sweep(service);
    expect(telemetry.counts('requests')).toMatchObject({
      'requests{outcome="denied",slug="transfer",method="otp",reason="attempts_exhausted"}': 1,
      'requests{outcome="expired",slug="transfer",method="none",reason="none"}': 1,
    });
    expect(telemetry.counts('proofs')).toEqual({
      'proofs{verdict="wrong",method="otp",about="authorization_request"}': 5,
    });
  });

  it('with the lock that wrong proofs have earned, once', async () => {
    await using test = await openCounted({ limits: { consecutiveWrongMax: 3 } });
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    for (let turn = 0; turn < 3; turn += 1)
      await core.authorizationRequest.check(service, { id, proof: wrongProof(test) });
    await expect(
      core.authorizationRequest.check(service, { id, proof: wrongProof(test) }),
    ).rejects.toMatchObject(refusal('factor_locked'));
    expect(telemetry.counts('locks')).toEqual({ 'locks{kind="factor",method="otp"}': 1 });
  });

  it('and what the carrier did with the message', async () => {
    await using test = await openCounted();
    test.outbox.behaviour = () => Promise.reject(new Error('the carrier is away'));
    await expect(createTransfer(test, asked)).rejects.toMatchObject(refusal('delivery_failed'));
    expect(test.telemetry.counts('deliveries')).toEqual({
      'deliveries{outcome="failed",channel="email"}': 1,
    });
  });
});

describe('a label', () => {
  it('has a value from a list, or one that this installation declares: whatever comes in', async () => {
    await using test = await openCounted();
    const { telemetry } = test;
    for (let turn = 0; turn < 40; turn += 1)
      await createTransfer(test, {
        slug: `made-up-${turn}`,
        subjectId: `subject-${turn}`,
        sessionId: `session-${turn}`,
        data: { secret: `value-${turn}` },
      });
    const series = Object.keys(telemetry.counts());
    expect(series.filter((one) => one.startsWith('requests{'))).toEqual([
      'requests{outcome="challenged",slug="other",method="otp",reason="none"}',
      'requests{outcome="created",slug="other",method="otp",reason="none"}',
    ]);
    expect(series.join('\n')).not.toMatch(/made-up|subject-|session-|value-|areq_|example\.org/);
  });

  it('is named by the catalog, which allows nothing else', async () => {
    await using test = await openCounted();
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    await core.authorizationRequest.grant(service, { id, proof: wrongProof(test) });
    await core.authorizationRequest.deny(service, { id });
    const allowed: readonly string[] = ['transfer', 'otp', 'none', 'other', 'several'];
    for (const series of Object.keys(telemetry.counts())) {
      const [, name = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
      const known: Readonly<Record<string, readonly string[] | typeof declared>> =
        coreMeasures[name as keyof typeof coreMeasures].labels;
      const given = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [
        label,
        value,
      ]);
      expect(new Set(given.map(([label]) => label)), series).toEqual(new Set(Object.keys(known)));
      for (const [label = '', value = ''] of given) {
        const list = known[label];
        expect(list === declared ? allowed : list, series).toContain(value);
      }
    }
  });
});

describe('spans', () => {
  it('name the request of every step, and nothing of what was sent, to whom, or proven with', async () => {
    await using test = await openCounted();
    const { core, service, telemetry } = test;
    const { id } = await createTransfer(test, asked);
    await core.authorizationRequest.grant(service, { id, proof: wrongProof(test) });
    const proof = rightProof(test);
    await core.authorizationRequest.grant(service, { id, proof });
    const data = transferData;
    await core.authorizationRequest.consume(service, { id, slug: 'transfer', subjectId: 'ada', data });
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes.outcome])).toEqual([
      ['ask', 'created'],
      ['deliver', 'sent'],
      ['grant', undefined],
      ['proof', 'wrong'],
      ['proof.reserve', undefined],
      ['proof.judge', undefined],
      ['grant', 'granted'],
      ['proof', 'right'],
      ['proof.reserve', undefined],
      ['proof.judge', undefined],
      ['proof.commit', undefined],
      ['consume', 'consumed'],
    ]);
    expect(new Set(telemetry.spans.map(({ request }) => request)).size).toBe(1);
    const told = JSON.stringify(telemetry.spans);
    for (const secret of [proof.code, 'ada', address('ada'), 'GB29', '250000'])
      expect(told).not.toContain(secret);
  });
});
