import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/method/define.ts';
import { recoveryCodes, type RecoveryCodeConfig } from '../../src/method/methods/recovery-code.ts';
import { systemRandomness } from '../../src/runtime.ts';

const method = recoveryCodes();
const now = new Date('2026-01-01T12:00:00Z');

interface CodeSet {
  readonly codes: readonly string[];
  readonly config: RecoveryCodeConfig;
}

async function begin(current: RecoveryCodeConfig | null = null): Promise<CodeSet> {
  const begun = await method.enrolment!.begin({
    given: {},
    subjectId: 'ada',
    factorId: 'fact_1',
    current,
    factors: [],
    randomness: systemRandomness,
    settings: {},
    issuer: 'Example Bank',
    context: null,
    now,
  });
  expect(begun).toMatchObject({ confirmedBy: 'none' });
  expect([begun.hint, begun.identity, begun.recipient]).toEqual([undefined, undefined, undefined]);
  return { config: begun.config as RecoveryCodeConfig, ...(begun.setup as { codes: string[] }) };
}

async function prove(code: string, config: RecoveryCodeConfig): Promise<Verdict<RecoveryCodeConfig>> {
  const verdict = await method.verify({
    proof: method.proof.parse({ method: 'recovery-code', code }),
    decision: 'grant',
    request: {
      kind: 'authorization_request',
      id: 'areq_1',
      slug: 'transfer',
      subjectId: 'ada',
      dataHash: 'data',
      displayHash: 'display',
    },
    challenge: null,
    factor: { id: 'fact_1', subjectId: 'ada', config },
    matches: () => true,
    settings: {},
    issuer: 'Example Bank',
    context: null,
    now,
  });
  return verdict as Verdict<RecoveryCodeConfig>;
}

let set: CodeSet;
let other: CodeSet;
beforeAll(async () => {
  [set, other] = await Promise.all([begin(), begin()]);
});
const codeOf = ({ codes }: CodeSet, index: number): string => codes[index] ?? '';

describe('a set of recovery codes', () => {
  it('is ten of 80 bits each, in letters and digits that look like no others', () => {
    expect(new Set(set.codes).size).toBe(10);
    for (const code of set.codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  });

  it('is stored as one salt and a hash of each: no code can be read back', () => {
    expect(set.config.hashes).toHaveLength(10);
    expect(Buffer.from(set.config.salt, 'base64url')).toHaveLength(16);
    const stored = JSON.stringify(set.config).toLowerCase();
    for (const code of set.codes) {
      expect(stored).not.toContain(code.toLowerCase());
      expect(stored).not.toContain(code.replaceAll('-', '').toLowerCase());
    }
  });

  it('takes no codes from the client', () => {
    const { given } = method.enrolment!;
    expect(given.safeParse({}).success).toBe(true);
    for (const brought of [{ codes: set.codes }, { code: set.codes[0] }, set.config])
      expect(given.safeParse(brought).success).toBe(false);
  });

  it('shares neither salt nor codes nor hashes with another', () => {
    expect(set.config.salt).not.toBe(other.config.salt);
    const both = [...set.codes, ...other.codes, ...set.config.hashes, ...other.config.hashes];
    expect(new Set(both).size).toBe(40);
  });

  it('is asked for by name alone, and proves by the factor', () => {
    expect(method).toMatchObject({
      mustBeListed: true,
      provesBy: 'factor',
      needsChallenge: false,
      binding: 'none',
    });
  });
});

describe('a recovery code', () => {
  it('is right once, whichever it is, and leaves the others', async () => {
    let { config } = set;
    for (const code of [codeOf(set, 9), codeOf(set, 0), codeOf(set, 4)]) {
      const verdict = await prove(code, config);
      if (!verdict.valid) throw new Error('the code is wrong');
      const left = verdict.config!;
      expect(left.hashes).toHaveLength(config.hashes.length - 1);
      expect(await prove(code, left)).toEqual({ valid: false });
      config = left;
    }
    expect(await prove(codeOf(set, 1), config)).toMatchObject({ valid: true });
  });

  it('has a mark that no other code has, of this set or another', async () => {
    const marks = await Promise.all(
      [set, other].flatMap((each) =>
        [0, 1].map(async (index) => {
          const verdict = await prove(codeOf(each, index), each.config);
          return verdict.valid ? verdict.mark : undefined;
        }),
      ),
    );
    expect(marks).not.toContain(undefined);
    expect(new Set(marks).size).toBe(4);
    // As read before another proof took the code out: the mark is the same, and the database refuses it.
    expect(await prove(codeOf(set, 0), set.config)).toMatchObject({ mark: marks[0] });
  });

  it('of another set is wrong, and the mark of the old set does not bar the new one', async () => {
    expect(await prove(codeOf(other, 0), set.config)).toEqual({ valid: false });
    const renewed = await begin(set.config);
    expect(await prove(codeOf(set, 0), renewed.config)).toEqual({ valid: false });
    expect(await prove(codeOf(renewed, 0), renewed.config)).toMatchObject({ valid: true });
    const change = { before: set.config, after: renewed.config, context: null };
    expect(method.isSignificantChange(change)).toBe(false);
  });

  it('is never right when none is left', async () => {
    const exhausted = { ...set.config, hashes: [] };
    for (const code of [codeOf(set, 0), '0000-0000-0000-0000'])
      expect(await prove(code, exhausted)).toEqual({ valid: false });
  });

  it('may be written as people write', async () => {
    const code = codeOf(set, 2);
    const plain = code.replaceAll('-', '');
    const spellings = [
      code.toLowerCase(),
      plain,
      code.replaceAll('-', ' '),
      ` ${code} `,
      plain.replaceAll(/../g, '$& - '),
    ];
    for (const spelling of spellings)
      expect(await prove(spelling, set.config)).toMatchObject({ valid: true });
  });

  it('with a zero and a one is right with the letters that look like them', async () => {
    // Five zero bits, then four and a one, over and over.
    const zeroOne = Buffer.from('0040100401'.repeat(4), 'hex');
    const seldom = { ...systemRandomness, bytes: (length: number) => zeroOne.subarray(0, length) };
    const begun = await method.enrolment!.begin({
      given: {},
      subjectId: 'ada',
      factorId: 'fact_1',
      current: null,
      factors: [],
      randomness: seldom,
      settings: {},
      issuer: '',
      context: null,
      now,
    });
    const [code = ''] = (begun.setup as { codes: string[] }).codes;
    expect(code).toBe('0101-0101-0101-0101');
    for (const misread of ['OlOI-oloi-O1o1-0l0I', 'olol ololololo lol'])
      expect(await prove(misread, begun.config as RecoveryCodeConfig)).toMatchObject({ valid: true });
  });

  it.each([
    ['nothing', ''],
    ['dashes', '----'],
    ['15 characters', 'ABCD-EFGH-JKMN-PQR'],
    ['17 characters', 'ABCD-EFGH-JKMN-PQRS-T'],
    ['a letter that is none of them', 'ABCD-EFGH-JKMN-PQRU'],
    ['full-width letters', 'ＡＢＣＤ-EFGH-JKMN-PQRS'],
    ['the kelvin sign', 'ABCD-EFGH-J\u212AMN-PQRS'],
    ['a line end', 'ABCD-EFGH-JKMN-PQRS\n'],
    ['endless dashes', `ABCD-EFGH-JKMN-PQRS${'-'.repeat(100)}`],
    ['a number', 1_234_567_812_345_678],
    ['a list', ['ABCD-EFGH-JKMN-PQRS']],
  ])('of %s is refused by its shape', (_, code) => {
    expect(method.proof.safeParse({ method: 'recovery-code', code }).success).toBe(false);
  });

  it('that is endless is refused in no time', () => {
    const endless = `${'A-'.repeat(50_000)}!`;
    const started = performance.now();
    expect(method.proof.safeParse({ method: 'recovery-code', code: endless }).success).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
