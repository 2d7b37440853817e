import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { createDpopVerifier } from '../../server/src/dpop/verifier.ts';

const token = 'cst1.k1.e30.t';

/** Makes a key, stores it, loads the page anew, and uses what was stored. */
const program = `
import { clientKeyFrom, createClientKey } from '@countersign/client/device';

function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
async function use() {
  const opening = indexedDB.open('keys', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const database = await ask(opening);
  const keys = () => database.transaction('keys', 'readwrite').objectStore('keys');
  const stored = await ask(keys().get('device'));
  if (stored === undefined) {
    const { pair, thumbprint } = await createClientKey();
    await ask(keys().put(pair, 'device'));
    sessionStorage.setItem('thumbprint', thumbprint);
    return location.reload();
  }
  const key = await clientKeyFrom(stored);
  const exported = await crypto.subtle.exportKey('jwk', stored.privateKey).then(() => 'exported', String);
  const url = '/trpc/a.b,c.d?batch=1';
  const send = async (method, proof) => await (await fetch(url, { method, headers: { dpop: proof } })).text();
  const proof = await key.proof({ method: 'POST', url, token: ${JSON.stringify(token)} });
  const answers = [await send('POST', proof), await send('POST', proof)];
  const made = sessionStorage.getItem('thumbprint');
  await fetch('/answer', { method: 'POST', body: JSON.stringify({ made, kept: key.thumbprint, exported, answers }) });
}
await use().catch((error) => fetch('/answer', { method: 'POST', body: JSON.stringify(String(error)) }));
`;

async function bundle(): Promise<string> {
  const entry = new URL('../src/device/index.ts', import.meta.url).pathname;
  const build = await rolldown({
    input: 'program',
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? program.replace('@countersign/client/device', entry) : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

it('a key that a page has stored is used after a reload, can be read by nobody, and proves itself once', async () => {
  const code = await bundle();
  const verifier = createDpopVerifier({ clock: { now: () => new Date() } });
  const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    if (url === '/answer') text(request).then((body) => resolve(JSON.parse(body)), reject);
    if (url.startsWith('/trpc')) {
      const presented = {
        proof: String(headers['dpop']),
        method,
        url: `http://${headers.host}${url}`,
        token,
      };
      return void verifier
        .verify(presented)
        .then((verdict) => response.end(verdict.ok ? verdict.thumbprint : verdict.reason), reject);
    }
    if (url !== '/') return void response.end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><script type="module">${code}</script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const settings = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    `--user-data-dir=${profile}`,
  ];
  const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const chromium = spawn(process.env['CHROMIUM_PATH'] ?? '', [...settings, page], {
    env: { ...process.env, TMPDIR: profile },
    stdio: 'ignore',
  });
  chromium.on('error', reject);
  const exited = once(chromium, 'exit');
  try {
    const { made, kept, exported, answers } = (await answer) as {
      made: string;
      kept: string;
      exported: string;
      answers: string[];
    };
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(kept).toBe(made);
    expect(exported).toContain('not extractable');
    expect(answers).toEqual([made, 'replayed']);
  } finally {
    chromium.kill();
    await exited;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, maxRetries: 5 });
  }
});
