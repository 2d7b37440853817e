import { z } from 'zod';
import { insertEnrolment, prepareEnrolment } from '../../src/confirmation/enrolment.ts';
import type { CoreContext, MethodConfigurations } from '../../src/context.ts';
import { sealConfig } from '../../src/factor/sealed-config.ts';
import { formatId, parseId } from '../../src/id.ts';
import { codeMethodUuid, configuredMethods, findConfigured } from '../../src/method/configured.ts';
import { defineMethod, type Method } from '../../src/method/define.ts';
import type { Confirmations } from '../../src/confirmation/confirmations.ts';
import type { TestCore } from '../../testing/index.ts';

/** A factor in force, straight into its table: how a subject gets one is not the matter here. */
export async function addFactor(
  test: TestCore,
  factor: { readonly method: string; readonly subjectId?: string; readonly config?: unknown },
): Promise<`fact_${string}`> {
  const { method, subjectId = 'ada', config = {} } = factor;
  const uuid = test.service.ids.uuid();
  const sealed = sealConfig(test.service, { subjectId, factorId: uuid }, config);
  const now = test.clock.now();
  await test.database.sql.query(
    `INSERT INTO countersign.factor (id, subject_id, method, method_id, title, status, is_active, is_default, binding, config, sequence,
       created_at, confirmed_at)
     VALUES ($1, $2, $3, $4, $3, 'confirmed', true, false, 'none', $5, 1, $6, $6)`,
    [uuid, subjectId, method, codeMethodUuid(method), sealed, now],
  );
  return formatId('factor', uuid);
}

export async function removeFactors(test: TestCore): Promise<void> {
  await test.database.sql.query('UPDATE countersign.factor SET removed_at = $1, config = NULL', [
    test.clock.now(),
  ]);
}

/** As if an operator had switched a method off. */
export function switchedOff(key: string): MethodConfigurations {
  const id = codeMethodUuid(key);
  const configuration = { id, key, title: key, settings: {}, isActive: false, isDefault: false };
  return { current: () => Promise.resolve([configuration]), refresh: () => Promise.resolve() };
}

/** What reached a hook, by the hook's name. */
export type Told = { readonly hook: string; readonly context: unknown; readonly id?: string }[];

/** A method that proves by a word it has sent, without a factor or with one, and writes down what it was told. */
export function word(
  told: Told = [],
  options: { readonly atOnce?: boolean; readonly endsWhenWrong?: boolean } = {},
): Method {
  return defineMethod({
    key: 'word',
    title: 'A word',
    binding: 'none',
    proof: z.strictObject({ word: z.string().min(1).max(20) }),
    factor: z.strictObject({ favourite: z.string() }),
    endsWhenWrong: options.endsWhenWrong ?? false,
    reach({ context }) {
      told.push({ hook: 'reach', context });
      return { recipient: null };
    },
    issue({ request, context }) {
      told.push({ hook: 'issue', context, id: request.id });
      return { secret: 'open sesame' };
    },
    verify({ request, proof, matches, context }) {
      told.push({ hook: 'verify', context, id: request.id });
      return { valid: matches(proof.word) };
    },
    confirmsAtOnce({ context }) {
      told.push({ hook: 'confirmsAtOnce', context });
      return options.atOnce ?? false;
    },
    onDecision({ decision, request, context }) {
      told.push({ hook: `onDecision ${decision}`, context, id: (request as { id: string }).id });
    },
  });
}

export const rightWord = { word: 'open sesame' };
export const wrongWord = { word: 'open barley' };

export const adaMail = { channel: 'email', address: 'ada@example.org' } as const;

/** A code by mail to Ada, for a purpose; anything may be said otherwise. */
export async function requestByMail(
  test: TestCore,
  changes: Partial<Parameters<Confirmations['request']>[1]> = {},
) {
  return await test.core.confirmations().request(test.service, {
    methodId: 'otp',
    subjectId: 'ada',
    purpose: 'change-email',
    data: adaMail,
    ...changes,
  });
}

export function codeOf(test: TestCore, address: string = adaMail.address) {
  return { code: test.outbox.codeFor(address) };
}

/** Well-formed, and never sent to anybody. */
export function wrongCode(test: TestCore) {
  const sent = new Set(test.outbox.messages.map(({ code }) => code));
  const code = ['00000000', '11111111', '22222222'].find((candidate) => !sent.has(candidate));
  return { code: code ?? '33333333' };
}

const valueHash = Buffer.alloc(32, 7);

/** Ada enrols an address: what waits, and the confirmation that its code gives. */
export async function enrol(
  test: TestCore,
  recipient: typeof adaMail | null = adaMail,
  context: CoreContext = test.service,
) {
  const factorUuid = context.ids.uuid();
  const configured = findConfigured(configuredMethods(context.methods, []), 'otp');
  if (!configured) throw new Error('otp is there');
  const prepared = await prepareEnrolment(context, {
    factorUuid,
    subjectId: 'ada',
    configured,
    recipient,
    valueHash,
    title: 'Add this address',
    now: test.clock.now(),
    passedAlong: undefined,
  });
  const { view, afterCommit } = await insertEnrolment(context, prepared);
  await afterCommit?.();
  const confirmationUuid = parseId('confirmation', view.id) ?? '';
  return { view, asked: { confirmationUuid, factorUuid, valueHash, configured, passedAlong: undefined } };
}
