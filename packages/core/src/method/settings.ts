import { z } from 'zod';
import type { Method } from './define.ts';

const nothing = z.strictObject({});

/** What an operator configures of a method; an empty object where there is nothing to configure. */
export function settingsOf(method: Pick<Method, 'settings'>): z.ZodObject {
  return method.settings ?? nothing;
}
