import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { defineMethod, type Method } from '../define.ts';

const config = z.strictObject({
  atOnce: z.boolean().optional().describe('Whether it confirms by being asked alone.'),
  label: z.string().min(1).max(200).optional().describe('Means nothing: changing it needs no proof.'),
});
type DummyConfig = z.output<typeof config>;

/**
 * For tests and examples: whoever says `right` is right, with or without a factor. It proves nothing, so an operation
 * has to list it.
 */
export function dummy(): Method {
  return defineMethod({
    key: 'dummy',
    title: 'Dummy',
    binding: 'none',
    mustBeListed: true,
    needsChallenge: false,
    proof: z.strictObject({ answer: z.enum(['right', 'wrong']) }),
    factor: config,
    reach: () => ({ recipient: null }),
    issue: () => ({}),
    verify: ({ proof }) => ({ valid: proof.answer === 'right' }),
    isSignificantChange: ({ before, after }) => !isDeepStrictEqual(withoutLabel(before), withoutLabel(after)),
    confirmsAtOnce: ({ factor }) => factor?.config.atOnce === true,
  });
}

function withoutLabel({ label: _label, ...significant }: DummyConfig): Omit<DummyConfig, 'label'> {
  return significant;
}
