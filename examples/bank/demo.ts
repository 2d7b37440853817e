/**
 * Acme Bank, what `npm start` opens: a bank, a phone and an inbox on this machine, and a card that tries to cheat.
 *
 *   npm start
 */
import type { Demo } from '@countersign/server';
import { changeEmail, closeAccount, transfer } from './operations.ts';
import { openBank } from './server/open-bank.ts';

export const demo: Demo = {
  settings: {
    issuer: 'Acme Bank',
    audience: 'bank.example',
    operations: { transfer, changeEmail, closeAccount },
    // Whoever tries it out asks more often than a customer would, and nobody's mailbox fills up.
    limits: {
      promptsPerHourMax: 60,
      sendsPerRecipient10MinutesMax: 60,
      sendsPerRecipientDayMax: 600,
      sendsPerSubjectDayMax: 600,
      afterDenySeconds: 5,
    },
  },
  open: openBank,
};
