import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';

export interface Page {
  /** Answers with the file of this path; false when there is none. */
  send(path: string, response: ServerResponse): boolean;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** Whoever frames the page could have a click of somebody's; whoever runs a script in it could read a code. */
const headers = {
  'content-security-policy':
    "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Vite bundles the page as it stands there, without a plugin; what it makes stays in memory. */
export async function buildPage(): Promise<Page> {
  const made = await build({
    root: fileURLToPath(new URL('../page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    // The client from its sources in this checkout; a project that has installed it leaves the line out.
    resolve: { conditions: ['@countersign/source', ...defaultClientConditions] },
    build: { write: false },
  });
  const outputs = [made].flat().flatMap((one) => ('output' in one ? one.output : []));
  const files = new Map(
    outputs.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
  return {
    send(path, response) {
      const name = path === '/' ? '/index.html' : path;
      const file = files.get(name);
      if (file === undefined) return false;
      const [extension = ''] = /[^.]*$/.exec(name) ?? [];
      response.writeHead(200, { ...headers, 'content-type': types[extension] ?? 'application/octet-stream' });
      response.end(file);
      return true;
    },
  };
}
