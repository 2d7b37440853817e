import assert from 'node:assert/strict';
import { z } from 'zod';
import { ask, createConditions, rightProof } from './ceremony.ts';
import type { MethodCheck, MethodContract } from './contract.ts';

/** What a method says of itself, and what it lets in. */
export const shapeChecks: readonly MethodCheck[] = [
  {
    promise: 'has a key in kebab-case and a title',
    check({ method: { key, title } }) {
      assert.match(key, /^[a-z][a-z0-9-]{0,39}$/);
      assert.notEqual(title.trim(), '');
    },
  },
  {
    promise: 'describes what it takes as JSON Schema',
    check({ method: { proof, settings, enrolment } }) {
      const schemas = [proof, settings, enrolment?.given, enrolment?.answer].filter(
        (schema) => schema != null,
      );
      for (const schema of schemas) assert(z.toJSONSchema(schema, { io: 'input' }));
    },
  },
  {
    promise: 'takes a proof under its own name alone',
    async check(contract) {
      const { proof, key } = contract.method;
      const { method, ...nameless } = await anyRightProof(contract);
      assert(proof.safeParse({ ...nameless, method }).success, 'the right proof is refused');
      for (const name of [undefined, null, '', `${key}-2`, key.toUpperCase(), [key]])
        assert(
          !proof.safeParse({ ...nameless, method: name }).success,
          `${String(name)} is taken for ${key}`,
        );
    },
  },
  {
    promise: 'refuses a proof that is empty, missing, endless or of another type',
    async check(contract) {
      const { proof, key } = contract.method;
      const right = await anyRightProof(contract);
      const shapeless: unknown[] = [undefined, null, '', 0, key, [], [right], {}, { method: key }];
      for (const value of [...shapeless, ...malformed(right)])
        assert(!proof.safeParse(value).success, `takes ${JSON.stringify(value)?.slice(0, 200)}`);
    },
  },
  {
    promise: 'takes nothing but what it asked for, no prototype either',
    async check(contract) {
      const { proof, enrolment } = contract.method;
      refusesMore(proof, await anyRightProof(contract));
      if (enrolment) refusesMore(enrolment.given, contract.given ?? {});
    },
  },
];

async function anyRightProof(contract: MethodContract): Promise<Record<string, unknown>> {
  return await rightProof(contract, await ask(contract, createConditions()));
}

/** The right proof with one text in it bent. */
function malformed(right: Record<string, unknown>): object[] {
  const texts = Object.entries(right).filter(
    ([name, value]) => name !== 'method' && typeof value === 'string',
  );
  const bent = (value: unknown) => [
    '',
    ' ',
    null,
    123_456,
    true,
    [value],
    { value },
    'a'.repeat(100_000),
    '7'.repeat(100_000),
  ];
  return texts.flatMap(([name, value]) => bent(value).map((instead) => ({ ...right, [name]: instead })));
}

/** What was not asked for is refused or dropped: a seed or codes that a client brought along end nowhere. */
function refusesMore(schema: z.ZodType, wellFormed: object): void {
  for (const name of ['__proto__', 'constructor', 'secret', 'codes', 'lastStep', 'valid']) {
    // Not by assignment, which would set the prototype and no key.
    const more = Object.defineProperty({ ...wellFormed }, name, { value: { valid: true }, enumerable: true });
    const parsed = schema.safeParse(more);
    if (!parsed.success) continue;
    const taken = parsed.data as object;
    assert.equal(Object.getPrototypeOf(taken), Object.prototype, `${name} changes the prototype`);
    assert(!Object.hasOwn(taken, name), `takes ${name}, which was not asked for`);
  }
}
