import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleProgram } from '../test/support/bundle.ts';

/** What the page's own server answers, beside the page; null for what it does not know. */
export type Serve = (request: IncomingMessage) => Promise<string> | null;

/**
 * What a program posts to `/answer`, as JSON, when it runs in a page of a Chromium with an empty profile. It may
 * import the client by its doors.
 */
export async function answerOfPage(program: string, serve: Serve): Promise<unknown> {
  const [chunk] = await bundleProgram(program);
  const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    if (request.url === '/answer') text(request).then((body) => resolve(JSON.parse(body)), reject);
    const served = serve(request);
    if (served !== null) return void served.then((body) => response.end(body), reject);
    if (request.url !== '/') return void response.end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><script type="module">${chunk?.code}</script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    `--user-data-dir=${profile}`,
  ];
  const chromium = spawn(process.env['CHROMIUM_PATH'] ?? '', [...settings, page], {
    env: { ...process.env, TMPDIR: profile },
    stdio: 'ignore',
  });
  chromium.on('error', reject);
  const exited = once(chromium, 'exit');
  try {
    return await answer;
  } finally {
    chromium.kill();
    await exited;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, maxRetries: 5 });
  }
}
