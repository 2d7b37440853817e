import { createCountersign, otp, type Countersign } from '@countersign/server';

/** What all nodes of one installation have in common. */
export interface Installation {
  readonly database: string;
  readonly secret: string;
}

/** Of every message; whoever writes in these tests knows it. */
export const code = '12345678';

/** Two subjects are asked for hundreds of authorizations: their limits are not what is looked at here. */
const limits = {
  waitingPerSubjectMax: 100_000,
  sendsPerSubjectDayMax: 100_000,
  sendsPerRecipientDayMax: 100_000,
  sendsPerRecipient10MinutesMax: 100_000,
};

/** One node of an installation, in this process. */
export function openNode({ database, secret }: Installation, sweep: boolean): Promise<Countersign> {
  return createCountersign({
    issuer: 'Test Bank',
    audience: 'bank.test',
    secret,
    database,
    methods: [otp({ send: async () => undefined, generate: () => code })],
    limits,
    sweep,
    migrate: false,
  });
}
