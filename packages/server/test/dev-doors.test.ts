import { request } from 'node:http';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createInbox } from '../src/dev/inbox.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { mutate } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { transferRequest } from './support/transfer.ts';

interface Message {
  readonly id: string;
  readonly to: string;
  readonly channel: string;
  readonly text: string;
  readonly code: string;
  readonly createdAt: string;
}

/** With headers that fetch sets by itself. */
function get(
  server: TestServer,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

const doors = ['/', '/api', '/inbox', '/inbox/messages', '/inbox/messages?to=ada@example.org'];

describe('a development door', () => {
  const shared = sharedServer();

  it.each(doors)('answers this machine by its own names: %s', async (path) => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', `localhost:${shared().port}`]) {
      const { status } = await get(shared(), path, { host });
      expect({ host, status }).toEqual({ host, status: 200 });
    }
  });

  it.each(doors)('answers nobody who came by another name: %s', async (path) => {
    const names = [
      'evil.example',
      'localhost.evil.example',
      'evil.example:4020',
      '192.168.1.2',
      '0.0.0.0',
      '127.0.0.1.nip.io',
      'localhost:80:80',
      'evil.example#localhost',
      '[::2]',
      '127.1',
    ];
    for (const host of names) {
      const { status, body } = await get(shared(), path, { host });
      expect({ host, refused: status >= 400 }).toEqual({ host, refused: true });
      expect(body).not.toMatch(/<html|\[|code/);
    }
  });

  it.each(doors)('answers no foreign page: %s', async (path) => {
    const host = `localhost:${shared().port}`;
    for (const origin of ['https://evil.example', 'null', `http://localhost:1`, `https://${host}`]) {
      const { status } = await get(shared(), path, { host, origin });
      expect({ origin, status }).toEqual({ origin, status: 403 });
    }
    expect((await get(shared(), path, { host, origin: `http://${host}` })).status).toBe(200);
  });

  it.each(doors)('is not there without development: %s', async (path) => {
    await using server = await startTestServer({ development: false });
    const answer = await fetch(`${server.url}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('<html');
  });
});

describe('a page', () => {
  const shared = sharedServer();

  it.each(['/', '/api', '/inbox'])(
    'runs nothing but its own script and loads nothing from elsewhere: %s',
    async (path) => {
      const answer = await fetch(`${shared().url}${path}`);
      const policy = answer.headers.get('content-security-policy') ?? '';
      const html = await answer.text();
      const [, nonce] = /script-src 'nonce-([^']{24})'/.exec(policy) ?? [];
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).not.toContain('unsafe');
      expect(nonce).toBeDefined();
      for (const [tag] of html.matchAll(/<(?:script|style)[^>]*>/g))
        expect(tag).toContain(`nonce="${nonce}"`);
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
      expect(html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\son\w+=/);
      for (const [, script] of html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g))
        expect(() => new Script(script!)).not.toThrow();
      const again = await fetch(`${shared().url}${path}`);
      expect(again.headers.get('content-security-policy')).not.toContain(nonce);
    },
  );
});

describe('an address at which there is nothing', () => {
  const shared = sharedServer();
  const follow = (path: string, headers: Record<string, string>) =>
    fetch(`${shared().url}${path}`, { headers });

  it('says so as a page to a person who followed it, and as JSON to a program', async () => {
    const page = await follow('/consoles', { accept: 'text/html,*/*;q=0.8' });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(await page.text()).toContain('no page at this address');
    const answer = await follow('/consoles', { accept: 'application/json' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json']);
  });

  it('keeps the answers of procedures as they are', async () => {
    const answer = await follow('/trpc/no.such', { accept: 'text/html' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json']);
  });
});

describe('the inbox', () => {
  it('shows what would have been sent, newest first, to each address its own', async () => {
    await using server = await startTestServer();
    const to = ['ada@example.org', '+436641234567', 'ada@example.org'];
    for (const [index, address] of to.entries()) {
      const channel = address.startsWith('+') ? 'sms' : 'email';
      await mutate(server, 'authorizationRequest.create', {
        ...transferRequest,
        title: `Transfer ${index}`,
        subjectId: `s${index}`,
        deliverTo: { channel, address },
      });
    }
    const read = async (search: string) =>
      (await (await fetch(`${server.url}/inbox/messages${search}`)).json()) as Message[];
    const all = await read('');
    expect(all.map(({ text }) => /Transfer \d/.exec(text)?.[0])).toEqual([
      'Transfer 2',
      'Transfer 1',
      'Transfer 0',
    ]);
    expect(Object.keys(all[0]!).sort()).toEqual(['channel', 'code', 'createdAt', 'id', 'text', 'to']);
    expect(all[0]!.code).toMatch(/^\d{8}$/);
    expect(all[0]!.text).toContain(all[0]!.code);
    expect(new Date(all[0]!.createdAt).toISOString()).toBe(all[0]!.createdAt);
    expect((await read('?to=ada@example.org')).map(({ id }) => id)).toEqual([all[0]!.id, all[2]!.id]);
    expect(await read('?to=+436641234567')).toMatchObject([
      { channel: 'sms', code: /^\d{6}$/.exec(all[1]!.code)?.[0] },
    ]);
    expect(await read('?to=nobody@example.org')).toEqual([]);
  });

  it('keeps the last 500 messages, and a message that was handed over twice once', async () => {
    const inbox = createInbox();
    const send = (index: number) =>
      inbox.send({
        to: 'a@b.c',
        channel: 'email',
        text: '',
        code: String(index),
        request: null,
        context: null,
        idempotencyKey: `chal_${index}`,
      });
    for (let index = 0; index < 510; index += 1) await send(index);
    await send(509);
    const messages = inbox.messages();
    expect(messages).toHaveLength(500);
    expect([messages[0]!.code, messages[499]!.code]).toEqual(['509', '10']);
  });
});
