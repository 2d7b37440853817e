import { defineEntity, p } from '@mikro-orm/core';

/** A person, as far as the bank and not Countersign knows one. */
export const Person = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    id: p.text().primary(),
    email: p.text(),
    /** The factor by which codes go there. */
    emailFactorId: p.text().nullable(),
  },
});

/** `balanceCents` is never negative: the database refuses it too. */
export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.text().primary(),
    owner: p.text(),
    balanceCents: p.integer(),
    closedAt: p.datetime().nullable(),
  },
});

/** Money that has moved, once. Where the other side is at another bank, `from` or `to` is null. */
export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.uuid().primary(),
    from: p.text().nullable(),
    to: p.text().nullable(),
    /** Who is at the other bank. */
    payeeName: p.text().nullable(),
    payeeIban: p.text().nullable(),
    reference: p.text(),
    amountCents: p.integer(),
    bookedAt: p.datetime(),
    authorizationRequestId: p.text().nullable().unique(),
  },
});

/** Somebody signed in, in one browser. `id` is what people may read; the cookie's value is kept as its hash. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    cookieHash: p.text().unique(),
    person: p.text(),
    endsAt: p.datetime(),
  },
});

/** What a person of the demo has at home, where there is nobody to keep it: sealed by the server's secret. */
export const Keepsake = defineEntity({
  name: 'Keepsake',
  tableName: 'keepsake',
  properties: {
    person: p.text().primary(),
    kind: p.text().$type<KeepsakeKind>().primary(),
    factorId: p.text(),
    sealed: p.text(),
  },
});

/** The seed of the authenticator app, and the letter with the recovery codes. */
export type KeepsakeKind = 'totp' | 'recovery-code';
