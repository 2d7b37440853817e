import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rolldown } from 'rolldown';

export interface ReactPage extends AsyncDisposable {
  /** On `localhost`, which browsers trust as if it were https. */
  readonly origin: string;
}

/** What a page may do: its own scripts and styles, nothing inline, and calls to the server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'nonce-of-the-page'; connect-src http: ws:; img-src data:";

/**
 * A program beside this file, built as a host builds it and served under a strict policy (CSP Level 3); with React as it is
 * while one develops, or as it is published.
 */
export async function openReactPage(
  program: string,
  mode: 'development' | 'production' = 'development',
): Promise<ReactPage> {
  const build = await rolldown({
    input: new URL(program, import.meta.url).pathname,
    platform: 'browser',
    resolve: { conditionNames: ['@countersign/source', 'import', 'module', 'browser', 'default'] },
    transform: { define: { 'process.env.NODE_ENV': JSON.stringify(mode) } },
  });
  const { output } = await build.generate({ format: 'esm', minify: mode === 'production' });
  await build.close();
  const server = createServer(({ url = '' }, response) => {
    const file = output.find(({ fileName }) => url === `/${fileName}`);
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(file?.type === 'chunk' ? file.code : page(output[0].fileName));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Its icon is empty, so that the browser does not ask for one. */
function page(entry: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bank</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><main id="app"></main><script type="module" src="/${entry}"></script>`;
}
