import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { bundleProgram } from '../test/support/bundle.ts';
import { openDevTools, type DevTools } from './dev-tools.ts';

/** A page of a Chromium with an empty profile, which a test talks to. */
export interface Chromium extends AsyncDisposable {
  /** Of the page; on `localhost`, which browsers trust as if it were https. */
  readonly origin: string;
  readonly devTools: DevTools;
  /** Calls what the program has put on `globalThis`: JSON goes in and comes out. */
  call(name: string, ...given: readonly unknown[]): Promise<unknown>;
  /** Loads the page anew: all that the program had in its memory is gone. */
  reload(): Promise<void>;
}

/** Opens a page that runs this program. It may import the client by its doors. */
export async function openChromium(program: string): Promise<Chromium> {
  const chunks = await bundleProgram(program);
  const server = createServer(({ url }, response) => {
    const chunk = chunks.find(({ fileName }) => url === `/${fileName}`);
    response.setHeader('content-type', chunk ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(chunk?.code ?? page(chunks[0]?.fileName ?? ''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;

  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const settings = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-quic'];
  const pipes = ['--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const chromium = spawn(process.env['CHROMIUM_PATH'] ?? '', [...settings, ...pipes], {
    env: { ...process.env, TMPDIR: profile },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const exited = once(chromium, 'exit');
  const devTools = await openDevTools(chromium.stdio[3] as Duplex, chromium.stdio[4] as Duplex);

  async function loaded(method: string, params: object): Promise<void> {
    const isLoaded = devTools.next('Page.loadEventFired');
    await devTools.send(method, params);
    await isLoaded;
  }
  await loaded('Page.navigate', { url: origin });

  return {
    origin,
    devTools,
    call: (name, ...given) => devTools.evaluate(`${name}(...${JSON.stringify(given)})`),
    reload: () => loaded('Page.reload', {}),
    async [Symbol.asyncDispose]() {
      chromium.kill();
      await exited;
      server.closeAllConnections();
      server.close();
      await rm(profile, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Its icon is empty, so that the browser does not ask for one. */
function page(entry: string): string {
  return `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${entry}"></script>`;
}
