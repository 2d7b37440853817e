import { expect, it } from 'vitest';
import { createDpopVerifier } from '../../server/src/dpop/verifier.ts';
import { answerOfPage } from './page.ts';

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

it('a key that a page has stored is used after a reload, can be read by nobody, and proves itself once', async () => {
  const verifier = createDpopVerifier({ clock: { now: () => new Date() } });
  const answer = await answerOfPage(program, ({ method = '', url = '', headers }) => {
    if (!url.startsWith('/trpc')) return null;
    const proof = String(headers['dpop']);
    return verifier
      .verify({ proof, method, url: `http://${headers.host}${url}`, token, holder: 'ada' })
      .then((verdict) => (verdict.ok ? verdict.thumbprint : verdict.reason));
  });
  const { made, kept, exported, answers } = answer as {
    made: string;
    kept: string;
    exported: string;
    answers: string[];
  };
  expect(made).toMatch(/^[\w-]{43}$/);
  expect(kept).toBe(made);
  expect(exported).toContain('not extractable');
  expect(answers).toEqual([made, 'replayed']);
});
