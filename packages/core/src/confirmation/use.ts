import type { z } from 'zod';
import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { joinTransaction, type TransactionHandle } from '../database/transaction.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import { canonicalValue, hashValue } from './bound-hashes.ts';
import { activeMethods } from './configured.ts';
import { useInput, type useOutput } from './schema.ts';
import { useConfirmation as useStatement } from './statement/use.ts';
import { viewOf } from './view.ts';

type Answer = z.output<typeof useOutput>;

/** What must be so for it to be used: each compared with what it was made for. */
interface Expected {
  readonly id: string;
  readonly purpose: string | null;
  readonly subjectId: string | null;
  readonly factorId: string | null;
  readonly valueHash: Buffer | null;
}

/**
 * Uses a confirmation: once, for exactly the purpose, subject, factor and value that it was made for. One that is left
 * out equals only null. Anything else is `{ used: false }`, whatever the cause. With `tx` it happens inside your own
 * transaction, so that your write and the use commit together or not at all.
 *
 * @example
 * ```ts
 * await em.transactional(async (tx) => {
 *   const { used } = await core.confirmations().use(context, { id, purpose: 'change-email', subjectId, data }, { tx });
 *   if (used) await accounts.setEmail(tx, subjectId, data.address);
 * });
 * ```
 * @throws CountersignError `forbidden`; `transaction_required`, `foreign_database` for a `tx` that is none or elsewhere.
 */
export async function useConfirmation(
  context: CoreContext,
  input: z.input<typeof useInput>,
  options: { readonly tx?: TransactionHandle } = {},
): Promise<Answer> {
  const parsed = parseInput(useInput, input);
  requireService(context.actor);
  const expected = expectedOf(parsed);
  if (options.tx) {
    const db = await joinTransaction(context.database, options.tx);
    return await use({ ...context, db }, expected, parsed.context);
  }
  return await once<never, Answer>(context, 'confirmation.use', parsed, {
    write: async (writing) => ({ answer: await use(writing, expected, parsed.context) }),
  });
}

/** Null when nothing can be equal: an id that is none, data that has no canonical form. */
function expectedOf(input: z.output<typeof useInput>): Expected | null {
  const id = parseId('confirmation', input.id);
  const factorId = input.factorId === undefined ? null : parseId('factor', input.factorId);
  if (id === null || (input.factorId !== undefined && factorId === null)) return null;
  try {
    const valueHash = hashValue(canonicalValue(input.data));
    return { id, purpose: input.purpose ?? null, subjectId: input.subjectId ?? null, factorId, valueHash };
  } catch (error) {
    if (error instanceof CountersignError && error.reason === 'invalid_input') return null;
    throw error;
  }
}

async function use(context: CoreContext, expected: Expected | null, passedAlong: unknown): Promise<Answer> {
  if (!expected) return { used: false };
  const methodIds = (await activeMethods(context)).map(({ id }) => id);
  const now = context.clock.now();
  const [row] = await context.db.query(useStatement, {
    ...eventParametersOf(context, now, passedAlong),
    ...expected,
    methodIds,
    eventId: context.ids.uuid(),
  });
  if (!row) return { used: false };
  const sight = { now, digits: digitsFor(context), isProvable: false };
  return { used: true, confirmation: viewOf({ ...row, challenge: null }, sight) };
}
