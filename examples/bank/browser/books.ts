import type { Visitor } from '../support/visitor.ts';

/** What the bank has written down about somebody's first account, read in a session that is none of the pages'. */
export interface Books {
  /** In cents, an amount for each time that something moved under this reference; what has left is negative. */
  movements(reference: string): Promise<readonly number[]>;
  balance(): Promise<number>;
}

export function readBooks(owner: Promise<Visitor>): Books {
  async function firstAccount() {
    const { bank } = await owner;
    const [first] = await bank.accounts.query();
    if (first === undefined) throw new Error('there is no account');
    return first;
  }
  return {
    async movements(reference) {
      const { bank } = await owner;
      const { items } = await bank.history.query({ account: (await firstAccount()).id, limit: 30 });
      const found = items.filter((payment) => payment.reference === reference);
      return found.map(({ amountCents }) => amountCents);
    },
    balance: async () => (await firstAccount()).balanceCents,
  };
}
