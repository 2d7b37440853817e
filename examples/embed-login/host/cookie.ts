import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { Host } from './host.ts';

/** Which path each cookie is sent along to. */
const paths = { session: '/', login: '/second-factor' } as const;

/** Not to be read by scripts, not sent along with other sites' forms; without TLS on localhost only. */
export function giveCookie(c: Context, { origin }: Host, name: keyof typeof paths, value: string): void {
  const secure = origin.startsWith('https:');
  setCookie(c, name, value, { path: paths[name], httpOnly: true, sameSite: 'Lax', secure });
}

export function takeCookie(c: Context, name: keyof typeof paths): void {
  deleteCookie(c, name, { path: paths[name] });
}
