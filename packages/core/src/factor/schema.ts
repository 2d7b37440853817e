import { z } from 'zod';
import { subjectId } from '../schema.ts';

/** A factor as it leaves core. What its method stores of it is in no field. */
export const factorView = z
  .object({
    id: z.templateLiteral(['fact_', z.string()]),
    subjectId: z.string().describe('Whose it is: an id of the host.'),
    methodId: z.templateLiteral(['mth_', z.string()]).describe('The method, as it is configured here.'),
    method: z.string().describe('The key of the method.'),
    title: z.string().describe('What the person calls it; the title of the method when it has no name.'),
    status: z
      .enum(['new', 'in_process', 'confirmed'])
      .describe('Only one that is `confirmed` can prove anything.'),
    isActive: z.boolean().describe('Whether it may be used now.'),
    isDefault: z.boolean().describe('Whether it is asked first; at most one of a subject is.'),
    hint: z.string().nullable().describe('What a person recognises it by, masked.'),
    createdAt: z.date(),
    lastUsedAt: z.date().nullable().describe('When it last proved something.'),
  })
  .meta({ id: 'Factor', description: 'Something a subject can prove with.' });
export type FactorView = z.output<typeof factorView>;

/** A factor that is a device. Its key, or the digest of its secret, is in no field. */
export const deviceView = factorView
  .extend({
    uuid: z.string().describe('How the device calls itself.'),
    name: z.string().nullable().describe('What the person calls it.'),
    slug: z.string().nullable().describe('What kind of device or app it is, in words of the host.'),
    isPrimary: z.boolean().describe('Whether it is prompted first; at most one of a subject is.'),
    keyed: z.boolean().describe('Whether it signs with a key of its own, or shows a secret of ours.'),
  })
  .meta({ id: 'Device', description: 'A device that a subject can prove with.' });
export type DeviceView = z.output<typeof deviceView>;

export const listInput = z.strictObject({
  subjectId: subjectId
    .optional()
    .describe('Whose factors. Required from the service; otherwise the subject’s own.'),
});
export const listOutput = z.array(factorView);
