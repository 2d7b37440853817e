import { expect, it } from 'vitest';
import { z } from 'zod';
import type { EnrolmentHooks, Issued, Method } from '../../src/method/define.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { checksOf, methodChecks, type MethodContract } from '../../testing/method-contract.ts';
import { codeAt } from './authenticator-app.ts';
import { fax, faxContract } from './fax.ts';

/** Which promises a method breaks: none of the others. */
async function brokenPromises(contract: MethodContract): Promise<string[]> {
  const broken: string[] = [];
  for (const { promise, check } of checksOf(contract))
    await Promise.resolve()
      .then(() => check(contract))
      .catch(() => broken.push(promise));
  return broken;
}

function faxWith(different: Partial<Method>, further: Partial<MethodContract> = {}): MethodContract {
  return { ...faxContract, ...further, method: { ...fax, ...different } };
}

function faxIssuing(change: (issued: Issued) => Issued): MethodContract {
  return faxWith({ issue: async (input) => change(await fax.issue(input)) });
}

function withHooks(
  method: Method,
  different: Partial<EnrolmentHooks<z.ZodObject, z.ZodObject, unknown, unknown>>,
): Method {
  if (!method.enrolment) throw new Error('this method has no enrolment');
  return { ...method, enrolment: { ...method.enrolment, ...different } };
}

const app = totp();
function totpWith(method: Method): MethodContract {
  return { method, rightProof: ({ setup, now }) => ({ code: codeAt(setup, now) }) };
}

const code = z.string().regex(/^[0-9]{8}$/);
const remembered = new WeakSet<object>();
const wayward: readonly [fault: string, contract: MethodContract, promises: readonly string[]][] = [
  ['has no title', faxWith({ title: ' ' }), ['has a key in kebab-case and a title']],
  [
    'has settings that no form can show',
    faxWith({ settings: z.strictObject({ since: z.date().optional() }) }),
    ['describes what it takes as JSON Schema'],
  ],
  [
    'does not look at the name of a proof',
    faxWith({ proof: z.strictObject({ code, method: z.string().optional() }) as unknown as Method['proof'] }),
    ['takes a proof under its own name alone'],
  ],
  [
    'takes any text for a code',
    faxWith({ proof: z.strictObject({ code: z.string(), method: z.literal('fax') }) }),
    ['refuses a proof that is empty, missing, endless or of another type'],
  ],
  [
    'takes more than it asked for',
    faxWith({ proof: z.looseObject({ code, method: z.literal('fax') }) }),
    ['takes nothing but what it asked for, no prototype either'],
  ],
  [
    'lets the client bring the seed',
    totpWith(withHooks(app, { given: z.looseObject({}) })),
    ['takes nothing but what it asked for, no prototype either'],
  ],
  [
    'has one secret for everybody',
    faxIssuing(({ message, secret }) => ({
      secret: '12345678',
      message: message?.replace(secret ?? '', '12345678'),
    })),
    ['never asks the same twice'],
  ],
  [
    'shows its secret in the options',
    faxIssuing((issued) => ({ ...issued, options: { placeholder: issued.secret } })),
    ['keeps its secret out of what is stored and shown'],
  ],
  [
    'stores its secret in base64',
    faxIssuing((issued) => ({ ...issued, state: Buffer.from(issued.secret ?? '').toString('base64') })),
    ['keeps its secret out of what is stored and shown'],
  ],
  [
    'sends a link',
    faxIssuing((issued) => ({ ...issued, message: `${issued.message}\nhttps://example.org` })),
    ['sends a message that names what it is for, carries its secret and has no link'],
  ],
  [
    'shows the address',
    faxIssuing((issued) => ({ ...issued, options: { sentTo: '+49 30 901820' } })),
    ['never shows a whole address'],
  ],
  [
    'says only what it is called, and calls that binding `server`',
    faxIssuing(({ secret }) => ({ secret, message: `${secret}: Transfer money` })),
    ['shows the facts in its message, as binding `server` promises'],
  ],
  [
    'takes the wrong proof and not the right one',
    faxWith({ verify: ({ proof, matches }) => ({ valid: !matches((proof as { code: string }).code) }) }),
    [
      'takes the right proof',
      'takes no wrong proof',
      'leaves to the engine what its secret is',
      'works with whatever was passed along',
    ],
  ],
  [
    'ignores `matches`',
    faxWith({ verify: () => ({ valid: true }) }),
    ['takes no wrong proof', 'leaves to the engine what its secret is'],
  ],
  [
    'throws where it should refuse',
    faxWith({
      verify(input) {
        if (input.decision === 'deny') throw new Error('nobody said deny');
        return fax.verify(input);
      },
    }),
    ['answers every well-formed proof with a verdict and throws at none'],
  ],
  [
    'remembers in its process what was used',
    faxWith({
      async verify(input) {
        if (input.factor && remembered.has(input.factor)) return { valid: false };
        const verdict = await fax.verify(input);
        if (input.factor && verdict.valid) remembered.add(input.factor);
        return verdict;
      },
    }),
    ['keeps nothing between calls: the same question has the same answer'],
  ],
  [
    'does not remember the time step',
    totpWith({ ...app, verify: async (input) => ({ valid: (await app.verify(input)).valid }) }),
    ['is right once: what proved is used up'],
  ],
  [
    'has empty marks',
    totpWith({ ...app, verify: async (input) => ({ ...(await app.verify(input)), mark: '' }) }),
    ['marks what it uses up with a short text and a configuration that is JSON'],
  ],
  [
    'says that its codes are signatures',
    faxWith({ binding: 'cryptographic' }),
    ['takes no proof that was made for something else'],
  ],
  [
    'does not look at what a proof says',
    faxWith({}, { saysDecision: true }),
    ['tells an approval from a refusal'],
  ],
  [
    'confirms for anybody',
    faxWith({ confirmsAtOnce: () => true }),
    ['confirms nothing at once for somebody without a factor'],
  ],
  [
    'is enrolled by anything',
    faxWith(withHooks(fax, { complete: () => ({ valid: true }) })),
    ['is not enrolled by a wrong answer'],
  ],
  [
    'lets the code that enrolled it authorize as well',
    totpWith(
      withHooks(app, {
        complete: async (input) => ({ valid: (await app.enrolment?.complete(input))?.valid === true }),
      }),
    ),
    ['is enrolled by an answer that proves nothing else'],
  ],
  [
    'has one seed for everybody',
    totpWith(
      withHooks(app, {
        begin: (input) => {
          const constant = { bytes: (length: number) => new Uint8Array(length), integer: () => 0 };
          return app.enrolment!.begin({ ...input, randomness: constant });
        },
      }),
    ),
    ['makes other secrets for every enrolment'],
  ],
  [
    'names a factor by its seed',
    totpWith(
      withHooks(app, {
        async begin(input) {
          const begun = await app.enrolment!.begin(input);
          return { ...begun, hint: (begun.setup as { secret: string }).secret };
        },
      }),
    ),
    ['shows nothing of its secrets where a factor is listed'],
  ],
  [
    'keeps what JSON does not',
    totpWith(
      withHooks(app, {
        async begin(input) {
          const begun = await app.enrolment!.begin(input);
          return { ...begun, config: { ...(begun.config as object), since: input.now } };
        },
      }),
    ),
    ['keeps a configuration that is JSON', 'asks for no proof when nothing has changed'],
  ],
  [
    'asks for a proof of every change',
    faxWith({ isSignificantChange: () => true }),
    ['asks for no proof when nothing has changed'],
  ],
  [
    'writes into what it was given',
    faxWith({
      verify(input) {
        Object.assign(input.request, { slug: 'transfer' });
        return fax.verify(input);
      },
    }),
    ['changes nothing that it is given'],
  ],
  [
    'moves the time on',
    faxWith({
      verify(input) {
        input.now.setMinutes(59);
        return fax.verify(input);
      },
    }),
    ['changes nothing that it is given'],
  ],
  [
    'expects an object to be passed along',
    faxWith({
      verify(input) {
        if (typeof input.context === 'string') throw new Error('not an object');
        return fax.verify(input);
      },
    }),
    ['works with whatever was passed along'],
  ],
];

it.each(wayward)('a method that %s is found out', async (_, contract, promises) => {
  expect(await brokenPromises(contract)).toEqual(promises);
});

it('a method that nobody can enrol with is found out', async () => {
  const contract = totpWith(withHooks(app, { complete: () => ({ valid: false }) }));
  expect(await brokenPromises(contract)).toContain('is enrolled by the right answer');
});

it('every check of the suite is failed by one of them', () => {
  const broken = new Set([
    ...wayward.flatMap(([, , promises]) => promises),
    'is enrolled by the right answer',
  ]);
  expect(methodChecks.map(({ promise }) => promise).filter((promise) => !broken.has(promise))).toEqual([]);
});
