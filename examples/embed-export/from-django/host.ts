import type { Countersign } from '@countersign/server';
import { Hono } from 'hono';
import { openBank, type Bank, type BankOptions } from '../host/bank.ts';

/** How many requests came with a token of Django, by what Django calls the recipient. */
export type Stragglers = Map<string, number>;

/** The routes that were Django's, at the paths they had there. */
export function createMigratingApp(cs: Countersign, stragglers: Stragglers): Hono {
  const app = new Hono();
  app.get('/api/v1/reports/:name', cs.rest.hono(), (c) => {
    const { subjectId, recipient, token } = c.var.auth;
    if (token.format === 'django')
      stragglers.set(recipient ?? '(none)', 1 + (stragglers.get(recipient ?? '(none)') ?? 0));
    return c.json({ report: c.req.param('name'), user: subjectId });
  });
  return app;
}

/** A bank that takes the tokens of both. `secrets` are Django's `SECRET_KEY` and `SECRET_KEY_FALLBACKS`. */
export async function openMigratingBank(
  options: BankOptions,
  { secrets, stragglers }: { readonly secrets: readonly string[]; readonly stragglers: Stragglers },
): Promise<Bank> {
  const scopedToken = {
    legacySchemes: ['TmpToken'],
    django: { secrets },
  };
  return await openBank({ ...options, scopedToken }, (cs) => createMigratingApp(cs, stragglers));
}
