/** The people of the demo. Nobody signs in with a password: the first factor is not what it is about. */
export const people = {
  ada: { name: 'Ada Berg', firstName: 'Ada', email: 'ada@example.org' },
  nora: { name: 'Nora Lund', firstName: 'Nora', email: 'nora@example.org' },
  emil: { name: 'Emil Haas', firstName: 'Emil', email: 'emil@example.org' },
} as const;

export type PersonId = keyof typeof people;

export const personIds = ['ada', 'nora', 'emil'] as const satisfies readonly PersonId[];

export interface KnownAccount {
  readonly id: string;
  readonly owner: PersonId;
  readonly name: string;
  readonly iban: string;
  /** What is on it at the first start, after all that its history tells. */
  readonly balanceCents: number;
}

export const accounts: readonly KnownAccount[] = [
  account('ada-everyday', 'ada', 'Everyday', 'DE65 1002 0030 0000 4170 01', 841_236),
  account('ada-savings', 'ada', 'Savings', 'DE38 1002 0030 0000 4170 02', 1_530_000),
  account('ada-holiday', 'ada', 'Holiday', 'DE11 1002 0030 0000 4170 03', 64_000),
  account('nora-everyday', 'nora', 'Everyday', 'DE34 1002 0030 0000 5520 01', 312_745),
  account('nora-savings', 'nora', 'Savings', 'DE07 1002 0030 0000 5520 02', 905_000),
  account('emil-everyday', 'emil', 'Everyday', 'DE42 1002 0030 0000 6830 01', 198_410),
  account('emil-savings', 'emil', 'Savings', 'DE15 1002 0030 0000 6830 02', 271_050),
];

/** Somebody at another bank. */
export interface Payee {
  readonly name: string;
  readonly iban: string;
}

export const payees = {
  landlord: { name: 'Linden Property', iban: 'DE44 5001 0517 5407 3249 31' },
  power: { name: 'City Power', iban: 'DE24 1203 0000 1023 4567 89' },
  piano: { name: 'Steingräber Pianos', iban: 'DE09 7001 0080 0987 6543 21' },
  bikes: { name: 'Two Wheels Workshop', iban: 'DE02 6005 0101 0002 0343 04' },
} as const satisfies Readonly<Record<string, Payee>>;

/** Whom this account number belongs to; null when nobody here knows it. */
export function holderOf(iban: string): string | null {
  const own = accounts.find((known) => known.iban === iban);
  if (own !== undefined) return people[own.owner].name;
  return Object.values(payees).find((payee) => payee.iban === iban)?.name ?? null;
}

export function accountOf(id: string): KnownAccount | null {
  return accounts.find((known) => known.id === id) ?? null;
}

function account(
  id: string,
  owner: PersonId,
  name: string,
  iban: string,
  balanceCents: number,
): KnownAccount {
  return { id, owner, name, iban, balanceCents };
}
