import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import { noncePlaceholder } from './build.ts';
import type { Pages } from './open-pages.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const everywhere = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };

/** `/` is index.html, `/phone` is phone.html; the files that they name are below `/bank/`. */
export function servePages(files: ReadonlyMap<string, Buffer>): Pages {
  const pages = new Map(
    [...files]
      .filter(([name]) => name.endsWith('.html'))
      .map(([name, content]) => [pathOf(name), content.toString('utf8')]),
  );
  return {
    answer(method, path) {
      if (method !== 'GET' && method !== 'HEAD') return null;
      const page = pages.get(path);
      if (page !== undefined) return pageAnswer(page);
      const name = path.startsWith('/bank/') ? path.slice('/bank/'.length) : '';
      const file = name.endsWith('.html') ? undefined : files.get(name);
      return file === undefined ? null : fileAnswer(name, file);
    },
  };
}

function pathOf(name: string): string {
  return `/${name.replace(/\.html$/, '')}`.replace(/^\/index$/, '/');
}

/** A page runs and loads what was built with it, and nothing else; only another page of ours may frame it. */
function pageAnswer(page: string): Response {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `frame-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'self'`,
  ];
  return new Response(page.replaceAll(noncePlaceholder, nonce), {
    headers: {
      ...everywhere,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    },
  });
}

/** Its name has a hash of its content, so it is never another. */
function fileAnswer(name: string, file: Buffer): Response {
  return new Response(new Uint8Array(file), {
    headers: {
      ...everywhere,
      'content-type': types[extname(name)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
}
