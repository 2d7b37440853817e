import { z } from 'zod';

/** One demand for proof, as the actor who asked for it sees it. */
export const challengeView = z
  .object({
    id: z.templateLiteral(['chal_', z.string()]),
    method: z.string().describe('The way to prove.'),
    factorId: z.string().nullable(),
    expiresAt: z.date().describe('Until when it can be answered.'),
    sentTo: z.string().nullable().describe('Where the message went, masked.'),
    options: z.unknown().describe('What the method needs in the browser: passkey options, a device nonce.'),
    digits: z.string().nullable().describe('To be carried to the device by the person; only for who asked.'),
    resendAfter: z.date().nullable().describe('When a further message may be asked for.'),
  })
  .meta({ id: 'Challenge', description: 'One demand for proof, as the actor who asked for it sees it.' });
export type ChallengeView = z.output<typeof challengeView>;
