import { expect, it } from 'vitest';
import { read } from '../support/http.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';

const shared = sharedServer({ scopedToken: { queryParameter: 'access' } });

const ask = async (search: string, init: RequestInit = {}) =>
  await read(await fetch(`${shared().url}/trpc/event.list?${search}`, init));

it('a token in the URL opens a query when that is switched on, if it says itself that it may be there', async () => {
  const { token } = await issue(shared(), { preset: 'subject', carriers: ['query'] });
  const opened = await ask(`access=${token}`);
  expect(opened.status).toBe(200);
  expect(opened.headers.get('cache-control')).toBe('no-store');
  expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
  expect((await ask(`token=${token}`)).status).toBe(401);
  const ordinary = await issue(shared(), { preset: 'subject', maxAgeSeconds: 30 });
  expect((await ask(`access=${ordinary.token}`)).status).toBe(401);
});

it('never beside another credential, twice, in a POST, or as a header', async () => {
  const { token } = await issue(shared(), { preset: 'subject', carriers: ['query'] });
  expect((await ask(`access=${token}`, { headers: bearer(token) })).status).toBe(400);
  expect((await ask(`access=${token}`, { headers: shared().credential })).status).toBe(400);
  expect((await ask(`access=${token}&access=${token}`)).status).toBe(400);
  expect((await ask('', { headers: bearer(token) })).status).toBe(401);
  const posted = await fetch(`${shared().url}/trpc/authorizationRequest.cancel?access=${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ json: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' } }),
  });
  expect(posted.status).toBe(401);
});

it('is not a service key, and is in no log line', async () => {
  expect((await ask(`access=${shared().serviceKey}`)).status).toBe(401);
  const { token } = await issue(shared(), { preset: 'subject', carriers: ['query'] });
  await ask(`access=${token}`);
  await ask(`access=${token}&input=%7B`);
  expect(shared().log.filter((line) => line.includes(token.slice(-49)) || line.includes('access='))).toEqual(
    [],
  );
});
