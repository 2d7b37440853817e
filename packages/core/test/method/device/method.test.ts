import { describe, expect, it } from 'vitest';
import { device } from '../../../src/index.ts';
import type { IssueInput } from '../../../src/method/define.ts';
import { systemRandomness } from '../../../src/runtime.ts';

const method = device();

function issued(kinds: readonly ('keyed' | 'secret')[], options?: Parameters<typeof device>[0]) {
  const factors = kinds.map((kind, n) => ({ id: `fact_${n}`, subjectId: 'ada', config: { kind } }) as const);
  const input = { factors, factor: null, randomness: systemRandomness } as unknown as IssueInput;
  return device(options).issue(input) as { options: { nonce: string }; digits: number };
}

describe('a challenge for devices', () => {
  it('asks for three digits where every device has a key, and for six where one has a secret', () => {
    expect(issued(['keyed']).digits).toBe(3);
    expect(issued(['keyed', 'keyed']).digits).toBe(3);
    expect(issued(['keyed', 'secret']).digits).toBe(6);
    expect(issued(['secret']).digits).toBe(6);
    expect(issued([]).digits).toBe(6);
    expect(issued(['keyed'], { digits: 6 }).digits).toBe(6);
    expect(issued(['secret'], { digits: 3 }).digits).toBe(6);
  });

  it('has a nonce of 32 bytes, new each time, and no secret', () => {
    const made = Array.from({ length: 100 }, () => issued(['keyed']));
    for (const one of made) {
      expect(one.options.nonce).toMatch(/^[\w-]{43}$/);
      expect(Object.keys(one).toSorted()).toEqual(['digits', 'options']);
    }
    expect(new Set(made.map(({ options }) => options.nonce)).size).toBe(100);
  });

  it('is needed, rings at a person, and ends with one wrong answer', () => {
    const { needsChallenge, prompts, endsWhenWrong, provesBy, enrolment, mustBeListed, binding } = method;
    expect({ needsChallenge, prompts, endsWhenWrong, provesBy, enrolment, mustBeListed, binding }).toEqual({
      needsChallenge: true,
      prompts: true,
      endsWhenWrong: true,
      provesBy: 'factor',
      enrolment: null,
      mustBeListed: false,
      binding: 'cryptographic',
    });
    expect(method.reach).toBeNull();
  });
});

describe('the proof of a device', () => {
  const secret = `${'A'.repeat(42)}A`;
  const signature = `${'A'.repeat(85)}A`;
  const bySecret = { method: 'device', uuid: 'phone-1', secret, digits: '123456' };
  const bySignature = { method: 'device', uuid: 'phone-1', signature, decision: 'grant', digits: '042' };
  const accepts = (proof: unknown) => method.proof.safeParse(proof).success;

  it('is a secret or a signature, with digits; refusing needs none', () => {
    expect(accepts(bySecret)).toBe(true);
    expect(accepts(bySignature)).toBe(true);
    expect(accepts({ ...bySignature, digits: '123456' })).toBe(true);
    expect(accepts({ ...bySignature, decision: 'deny', digits: '' })).toBe(true);
    expect(accepts({ ...bySignature, decision: 'deny' })).toBe(true);
  });

  it.each([
    ['a grant without digits', { ...bySignature, digits: '' }],
    ['a secret without digits', { ...bySecret, digits: '' }],
    ['a secret with the digits of a key', { ...bySecret, digits: '042' }],
    ['one digit', { ...bySignature, digits: '4' }],
    ['digits that are numbers', { ...bySignature, digits: 42 }],
    ['full-width digits', { ...bySignature, digits: '０４２' }],
    ['digits with a line behind', { ...bySignature, digits: '042\n' }],
    ['digits with a space', { ...bySignature, digits: ' 042' }],
    ['eleven digits', { ...bySignature, digits: '01234567890' }],
    ['another decision', { ...bySignature, decision: 'Grant' }],
    ['no decision', { ...bySignature, decision: undefined }],
    ['secret and signature', { ...bySignature, secret }],
    ['a short signature', { ...bySignature, signature: 'A'.repeat(85) }],
    ['bits that are none', { ...bySignature, signature: `${'A'.repeat(85)}B` }],
    ['a short secret', { ...bySecret, secret: 'A'.repeat(42) }],
    ['a secret that is none', { ...bySecret, secret: '' }],
    ['one key more', { ...bySecret, isPrimary: true }],
    ['another method', { ...bySecret, method: 'otp' }],
    ['no device', { ...bySecret, uuid: '' }],
    ['a name of 37 characters', { ...bySecret, uuid: 'x'.repeat(37) }],
    ['a name with a line in it', { ...bySecret, uuid: 'a\nb' }],
    ['a name with an invisible mark', { ...bySecret, uuid: 'a\u200bb' }],
    ['a name that reads backwards', { ...bySecret, uuid: 'a\u202eb' }],
    ['half a character', { ...bySecret, uuid: '\ud83d' }],
  ])('is not %s', (_, proof) => {
    expect(accepts(proof)).toBe(false);
  });

  it('says by which of the subject’s devices it was made', () => {
    expect(method.identify?.(bySecret)).toEqual({ scope: 'subject', value: 'phone-1' });
    expect(accepts({ ...bySecret, uuid: 'Ada’s 📱' })).toBe(true);
    expect(accepts({ ...bySecret, uuid: 'x'.repeat(36) })).toBe(true);
  });
});
