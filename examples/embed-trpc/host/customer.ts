/** The bank's customers. Where codes go is the bank's to know: a browser never says it. */
export const customers = {
  ada: { name: 'Ada Lovelace', email: 'ada@example.org' },
  grace: { name: 'Grace Hopper', email: 'grace@example.org' },
} as const;

export type Customer = keyof typeof customers;

export function isCustomer(name: string): name is Customer {
  return Object.hasOwn(customers, name);
}
