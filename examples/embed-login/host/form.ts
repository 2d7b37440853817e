import type { Context } from 'hono';
import type { Proof } from './second-factor.ts';

/** The text of each field that was sent; one that was not is empty. */
export async function readForm(c: Context): Promise<(name: string) => string> {
  const form = await c.req.parseBody();
  return (name) => {
    const value = form[name];
    return typeof value === 'string' ? value.trim() : '';
  };
}

/** A code, or what the browser answered for a passkey. Neither is believed to be one. */
export function proofIn(field: (name: string) => string): Proof {
  if (field('response') === '') return { code: field('code') };
  try {
    return { response: JSON.parse(field('response')) as unknown };
  } catch {
    return { response: null };
  }
}
