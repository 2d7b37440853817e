import { createCountersign, otp, type Countersign, type Send } from '@countersign/server';
import type { MikroORM } from '@mikro-orm/postgresql';
import { customers, isCustomer } from './customer.ts';
import { openLedger } from './ledger.ts';
import { transfer } from './operations.ts';
import { createSessions, type Sessions } from './session.ts';

/** What the bank runs on. */
export interface Bank extends AsyncDisposable {
  readonly cs: Countersign;
  readonly ledger: MikroORM;
  readonly sessions: Sessions;
}

export interface BankOptions {
  /** A PostgreSQL URL: one database for the bank and for Countersign, so that one transaction spans both. */
  readonly database: string;
  /** 32 random bytes in base64, kept outside of the database. */
  readonly secret: string;
  /** The carrier of e-mail. */
  readonly send: Send;
}

export async function openBank({ database, secret, send }: BankOptions): Promise<Bank> {
  const cs = await createCountersign({
    issuer: 'Acme Bank',
    audience: 'bank.example',
    secret,
    database,
    methods: [otp({ send, resolve: ({ subjectId }) => addressOf(subjectId) })],
    operations: { transfer },
  });
  const ledger = await openLedger(database);
  return {
    cs,
    ledger,
    sessions: createSessions(),
    async [Symbol.asyncDispose]() {
      await cs.close();
      await ledger.close(true);
    },
  };
}

function addressOf(subjectId: string) {
  return isCustomer(subjectId) ? ({ channel: 'email', address: customers[subjectId].email } as const) : null;
}
