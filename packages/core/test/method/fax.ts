import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';

/** What somebody writes who has read nothing but the example of `defineMethod`. */
export const fax = defineMethod({
  key: 'fax',
  title: 'Fax',
  binding: 'server',
  factor: z.strictObject({ number: z.string().min(3).max(30) }),
  proof: z.strictObject({ code: z.string().regex(/^[0-9]{8}$/) }),
  recipientOf: ({ number }) => ({ channel: 'fax', address: number }),
  send: async () => undefined,
  issue({ request, randomness }) {
    const secret = String(randomness.integer(1e8)).padStart(8, '0');
    const facts = request.facts.map(({ label, value }) => `${label}: ${value}`).join('\n');
    return { secret, message: `${secret} authorizes: ${request.title}\n${facts}` };
  },
  verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
});

export const faxContract = { method: fax, given: { number: '+49 30 901820' } };
