import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createSeenProofs } from '../../src/dpop/seen-proofs.ts';
import { dpopLimits } from '../../src/dpop/limits.ts';
import { at, createHandKey, createJudge, handMade } from './hand-made.ts';

describe('a proof', () => {
  it('is accepted exactly once of 200 times at the same moment', async () => {
    for (const alg of ['P-256', 'Ed25519'] as const) {
      const { judge, verifier } = createJudge();
      const proof = handMade({ key: createHandKey(alg) });
      const answers = await Promise.all(Array.from({ length: 200 }, () => judge(proof)));
      expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'replayed')).toHaveLength(199);
      expect(verifier.remembered).toBe(1);
    }
  });

  it('would be accepted many times if it were looked up before its signature, and remembered after it', async () => {
    const used = new Set<string>();
    const proof = handMade();
    const naive = async (): Promise<string> => {
      if (used.has(proof)) return 'replayed';
      const answer = await createJudge().judge(proof);
      used.add(proof);
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 200 }, naive));
    expect(answers.filter((answer) => answer === 'ok').length).toBeGreaterThan(1);
  });

  it('is not accepted again at any second at which it would be current', async () => {
    const { judge, clock } = createJudge();
    const early = handMade({ claims: { iat: at + 5 } });
    expect(await judge(early)).toBe('ok');
    for (let second = 0; second <= 65; second += 1) {
      clock.set(new Date((at + second) * 1000 + 999));
      // Others keep the memory at work.
      expect(await judge(handMade({ claims: { iat: at + second } }))).toBe('ok');
      expect(await judge(early)).toBe(second < 65 ? 'replayed' : 'not_current');
    }
  });

  it('is one by its jti: another signature, time or text of the same does not make it new', async () => {
    const { judge } = createJudge();
    const jti = 'the same';
    expect(await judge(handMade({ claims: { jti } }))).toBe('ok');
    expect(await judge(handMade({ claims: { jti } }))).toBe('replayed');
    expect(await judge(handMade({ claims: { jti, iat: at - 1 } }))).toBe('replayed');
    expect(await judge(handMade({ claims: { jti, more: 1 } }))).toBe('replayed');
  });

  it('of another key may have the same jti: nobody can use up the proofs of another client', async () => {
    const { judge } = createJudge();
    const jti = 'the same';
    expect(await judge(handMade({ claims: { jti }, key: createHandKey() }))).toBe('ok');
    expect(await judge(handMade({ claims: { jti } }))).toBe('ok');
  });

  it('that was refused is not used up', async () => {
    const { judge } = createJudge();
    const proof = handMade();
    expect(await judge(proof, { method: 'GET' })).toBe('wrong_method');
    expect(await judge(proof, { clientKeys: ['other'] })).toBe('wrong_client_key');
    expect(await judge(proof)).toBe('ok');
  });
});

describe('a clock that is set', () => {
  it('forward and back does not make a used proof new', async () => {
    const { judge, clock } = createJudge();
    const proof = handMade();
    expect(await judge(proof)).toBe('ok');
    clock.advance(3600);
    expect(await judge(handMade({ claims: { iat: at + 3600 } }))).toBe('ok');
    clock.advance(-3600);
    expect(await judge(proof)).toBe('not_current');
  });

  it('forward and back refuses no new proof for longer than a clock may be ahead', async () => {
    const { judge, clock } = createJudge();
    expect(await judge(handMade({ claims: { iat: at + 5 } }))).toBe('ok');
    clock.advance(3600);
    // Of a client on the same machine, say.
    expect(await judge(handMade({ claims: { iat: at + 3600 } }))).toBe('ok');
    clock.advance(-3600);
    expect(await judge(handMade())).toBe('not_current');
    clock.advance(6);
    expect(await judge(handMade({ claims: { iat: at + 6 } }))).toBe('ok');
  });
});

describe('the memory', () => {
  const few = { rememberedMax: 10, rememberedPerHolderMax: 4 };

  it('refuses what it has no room for, rather than to forget what it has seen', async () => {
    const { judge, verifier, clock } = createJudge(few);
    const first = handMade();
    expect(await judge(first)).toBe('ok');
    for (const holder of ['ada', 'bob', 'eve'])
      for (let i = 0; i < 6; i += 1) await judge(handMade(), { holder });
    expect(verifier.remembered).toBe(10);
    expect(await judge(handMade(), { holder: 'adam' })).toBe('too_many');
    expect(await judge(first)).toBe('replayed');
    clock.advance(62);
    expect(await judge(handMade({ claims: { iat: at + 62 } }))).toBe('ok');
    expect(verifier.remembered).toBe(1);
  });

  it('forgets nothing early: a proof is good for as long as is said, whatever was seen before', async () => {
    const { judge, clock } = createJudge();
    for (let second = 0; second < 70; second += 1) {
      for (const iat of [at + second, at + second - 59, at + second - 60])
        expect(await judge(handMade({ claims: { iat } }))).toBe('ok');
      clock.advance(1);
    }
  });

  it('leaves room for others when one holder has used up their own, by however many keys', async () => {
    const { judge, verifier, clock } = createJudge(few);
    const another = () => handMade({ key: createHandKey(), claims: { iat: at } });
    // Who has a token that is bound to none binds it to a key of theirs as often as they like.
    for (let i = 0; i < 4; i += 1) expect(await judge(another())).toBe('ok');
    for (let i = 0; i < 20; i += 1) expect(await judge(another())).toBe('too_many');
    expect(verifier.remembered).toBe(4);
    expect(await judge(handMade(), { holder: 'bob' })).toBe('ok');
    clock.advance(61);
    expect(await judge(handMade({ claims: { iat: at + 61 } }))).toBe('ok');
  });

  it('knows a proof again, whoever is said to hold the token', async () => {
    const { judge } = createJudge(few);
    const proof = handMade();
    expect(await judge(proof)).toBe('ok');
    expect(await judge(proof, { holder: 'bob' })).toBe('replayed');
  });

  it('is not filled by proofs of keys that no token is bound to', async () => {
    const { judge, verifier } = createJudge(few);
    const clientKeys = ['0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'];
    for (let i = 0; i < 20; i += 1)
      expect(await judge(handMade({ key: createHandKey() }), { clientKeys })).toBe('wrong_client_key');
    expect(verifier.remembered).toBe(0);
  });

  it('stays below 32 MB with as many proofs as there may be, however long their jti, and gets empty again', () => {
    const seen = createSeenProofs(dpopLimits);
    const before = heapUsed();
    const thumbprint = 'k'.repeat(43);
    const holders = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(120, 'h'));
    let count = 0;
    for (const [index, holder] of holders.entries())
      for (let i = 0; i < 2_500; i += 1) {
        const jti = `${(count += 1)}`.padEnd(128, '~');
        // A text of its own each time, as it comes out of a token.
        const given = Buffer.from(holder).toString();
        seen.remember({ holder: given, thumbprint, jti, issuedAt: at - (index % 60) }, at);
      }
    expect(count).toBe(150_000);
    expect(seen.size).toBe(dpopLimits.rememberedMax);
    expect(heapUsed() - before).toBeLessThan(32_000_000);
    const next = { holder: 'x', thumbprint: 'x', jti: 'x', issuedAt: at + 66 };
    expect(seen.remember(next, at + 66)).toBe('remembered');
    expect(seen.size).toBe(1);
  });

  it('keeps nothing of holders and keys that come and go', () => {
    const seen = createSeenProofs(dpopLimits);
    const before = heapUsed();
    for (let second = 0; second < 200; second += 1)
      for (let i = 0; i < 1_000; i += 1) {
        const thumbprint = `${second} ${i}`.padEnd(43, 'k');
        const proof = { holder: `${i} ${second}`, thumbprint, jti: 'x', issuedAt: at + second };
        expect(seen.remember(proof, at + second)).toBe('remembered');
      }
    const next = { holder: 'x', thumbprint: 'x', jti: 'x', issuedAt: at + 400 };
    expect(seen.remember(next, at + 400)).toBe('remembered');
    expect(seen.size).toBe(1);
    expect(heapUsed() - before).toBeLessThan(8_000_000);
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
