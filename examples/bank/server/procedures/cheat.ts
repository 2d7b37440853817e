import { CountersignError, dataHash, type ErrorReason } from '@countersign/server';
import { z } from 'zod';
import { transfer } from '../../operations.ts';
import type { Bank } from '../bank.ts';
import { euro } from '../euro.ts';
import { customerProcedure, t } from '../trpc.ts';

interface Cheated {
  /** Why it was refused; null when it was not, and was undone. */
  readonly refused: ErrorReason | null;
  readonly message: string;
  /** Of what was authorized, and of what was tried. */
  readonly approvedHash: string;
  readonly triedHash: string;
}

/** Thrown to undo what should never have been possible. */
class Undone extends Error {}

/** The bank itself turns crook: it tries to use an approval for another amount, or a second time. */
export function createCheatRouter({ cs, tell }: Bank) {
  return t.router({
    consume: customerProcedure
      .input(z.strictObject({ id: z.string().max(64), amountCents: z.number().int().positive().optional() }))
      .mutation(async ({ ctx: { em, who, countersign }, input: { id, amountCents } }): Promise<Cheated> => {
        const request = await cs.router.createCaller({ countersign }).authorizationRequest.get({ id });
        const data = { ...(request.data as object), ...(amountCents !== undefined && { amountCents }) };
        const hashes = { approvedHash: request.dataHash, triedHash: dataHash(transfer.slug, data) };
        try {
          await em.transactional(async (tx) => {
            await cs.consume({ ...who, id, slug: transfer.slug, data }, { tx });
            throw new Undone('The bank does not rob itself.');
          });
        } catch (error) {
          if (error instanceof Undone) return { refused: null, message: error.message, ...hashes };
          if (!(error instanceof CountersignError)) throw error;
          tell({ about: `${request.title} · the bank`, text: wordsOf(error.reason, amountCents) });
          return { refused: error.reason, message: error.message, ...hashes };
        }
        throw new Error('a transaction ends in its commit or its error');
      }),
  });
}

function wordsOf(reason: ErrorReason, amountCents: number | undefined): string {
  if (reason === 'data_mismatch' && amountCents !== undefined)
    return `refused: ${euro(amountCents)} is other data than was authorized`;
  if (reason === 'already_consumed') return 'refused: this approval was used already, once';
  return `refused: ${reason.replaceAll('_', ' ')}`;
}
