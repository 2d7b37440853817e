import { z } from 'zod';
import { Account, Payment } from '../entities.ts';
import { paymentViewOf } from '../payment-view.ts';
import { noSuchAccount } from '../refuse.ts';
import { customerProcedure } from '../trpc.ts';
import type { PaymentView } from '../views.ts';

const input = z.strictObject({
  account: z.string().max(64),
  /** From the page before. */
  cursor: z.string().max(64).nullish(),
  limit: z.number().int().min(1).max(100).default(30),
});

interface HistoryPage {
  readonly items: readonly PaymentView[];
  readonly nextCursor: string | null;
}

export const history = customerProcedure
  .input(input)
  .query(async ({ ctx: { em, person }, input: { account, cursor, limit } }): Promise<HistoryPage> => {
    if ((await em.count(Account, { id: account, owner: person })) === 0) throw noSuchAccount();
    const last = cursor == null ? null : placeOf(cursor);
    const own = { $or: [{ from: account }, { to: account }] };
    const older = last && {
      $or: [{ bookedAt: { $lt: last.bookedAt } }, { bookedAt: last.bookedAt, id: { $lt: last.id } }],
    };
    const rows = await em.find(Payment, older ? { $and: [own, older] } : own, {
      orderBy: [{ bookedAt: 'desc' }, { id: 'desc' }],
      limit: limit + 1,
    });
    const items = rows.slice(0, limit);
    const end = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map((payment) => paymentViewOf(payment, account)),
      nextCursor: end === undefined ? null : `${end.bookedAt.toISOString()}_${end.id}`,
    };
  });

const place = z.tuple([z.iso.datetime(), z.uuid()]);

/** Where a page ended: several payments may have been booked at the same moment. Anything else begins anew. */
function placeOf(cursor: string): { readonly bookedAt: Date; readonly id: string } | null {
  const { data } = place.safeParse(cursor.split('_'));
  return data === undefined ? null : { bookedAt: new Date(data[0]), id: data[1] };
}
