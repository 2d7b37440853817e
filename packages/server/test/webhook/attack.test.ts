import { describe, expect, it } from 'vitest';
import { post } from '../../src/webhook/post.ts';
import type { Resolve } from '../../src/webhook/resolve.ts';
import { targetOf } from '../../src/webhook/target.ts';
import { attackList, type Attack } from './attack-list.ts';
import { closedAddress, honestAddress, openCanary, type Canary } from './canary.ts';
import { endOf, openTransport } from './deliver.ts';
import { openEndpoint } from './endpoint.ts';
import { naiveSenders, type NaiveName } from './naive-senders.ts';

const allow = [`${honestAddress}/32`, `${closedAddress}/32`];

/** The name servers of an attack. A name that it has nothing for leads to this machine, as the worst they could say. */
function nameServers({ names = [['127.0.0.1']] }: Attack): Resolve {
  let asked = 0;
  return async () => {
    const answer = names[Math.min(asked++, names.length - 1)] ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

const urlOf = ({ url }: Attack, { port }: Canary) => url.replaceAll('PORT', String(port));

async function sendNaively(by: NaiveName, attack: Attack, canary: Canary): Promise<void> {
  const surroundings = { resolve: nameServers(attack), allow };
  await naiveSenders[by](urlOf(attack, canary), surroundings).catch(() => undefined);
}

describe('a sender of webhooks', () => {
  it('is taken in by each of these when it is naive', { timeout: 30_000 }, async () => {
    await using canary = await openCanary();
    const heard = new Map<string, number>();
    for (const attack of attackList) {
      for (const by of attack.takesIn) {
        const before = await canary.connections();
        await sendNaively(by, attack, canary);
        expect(await canary.connections(), `${by}: ${attack.title}`).toBeGreaterThan(before);
        heard.set(by, (heard.get(by) ?? 0) + 1);
      }
    }
    expect([...heard.keys()].toSorted()).toEqual([
      'asItIs',
      'asksAgain',
      'judgesTheFirst',
      'judgesTheText',
      'pinsIfResolved',
    ]);
  });

  it('of ours connects to no address of its own network, however it is written, named or changed', async () => {
    await using canary = await openCanary();
    expect(attackList.length).toBeGreaterThanOrEqual(60);
    for (const attack of attackList) {
      const transport = openTransport({ allow, resolve: nameServers(attack) });
      const ended = await endOf(transport, { url: urlOf(attack, canary) });
      expect(ended, attack.title).toBe(attack.ends ?? 'address_refused');
    }
    expect(await canary.connections()).toBe(0);
    // Of all of them one is sent: to where its name led when it was judged.
    expect(canary.honestRequests).toBe(1);
  });

  it('of ours asks no name server for a name of its own network', async () => {
    const asked: string[] = [];
    const transport = openTransport({
      resolve: async (name) => {
        asked.push(name);
        return ['127.0.0.1'];
      },
    });
    for (const host of [
      'localhost',
      'LOCALHOST.',
      'db.localhost',
      'localhost.localdomain',
      'metadata',
      'metadata.google.internal',
      'kubernetes.default.svc.cluster.local',
      'printer.local.',
      'router.lan',
      'nas.home',
      'nas.home.arpa',
      '1.0.0.127.in-addr.arpa',
      'wiki.corp',
      'wiki.intranet',
      'xn--.internal',
      'a..example.com',
      'example.com..',
      `${'a'.repeat(64)}.example.com`,
      `${'a.'.repeat(126)}example.com`,
      'exa*mple.com',
    ])
      expect(await endOf(transport, { url: `https://${host}/` }), host).toBe('address_refused');
    expect(asked).toEqual([]);
    expect(await endOf(transport, { url: 'https://hooks.example.com/' })).toBe('address_refused');
    expect(asked).toEqual(['hooks.example.com']);
  });

  it('of ours speaks nothing but HTTP, and without encryption only in networks that the operator has named', async () => {
    const transport = openTransport({ resolve: async () => ['1.1.1.1'] });
    for (const url of [
      'http://hooks.example.com/',
      'http://1.1.1.1/',
      'ftp://hooks.example.com/',
      'file:///etc/passwd',
      'gopher://hooks.example.com/',
      'data:,x',
      'unix:/run/docker.sock',
      'javascript:0',
      'https://',
      'https:///',
      '//hooks.example.com/',
      '/',
      '',
    ])
      expect(await endOf(transport, { url }), url).toBe('address_refused');
  });

  it('follows no answer to another place, whatever it says and however', { timeout: 30_000 }, async () => {
    await using canary = await openCanary();
    const { port } = canary;
    const url = `http://${honestAddress}:${port}/`;
    const transport = openTransport({ allow });
    const here = `http://127.0.0.1:${port}/`;
    const places = [here, `//127.0.0.1:${port}/`, `http://0x7f.1:${port}/`, `//localhost:${port}`, '//0:0'];
    const followed = [301, 302, 303, 307, 308];
    let sent = 0;
    const attack = async (status: number, headers: Record<string, string>): Promise<number | string> => {
      canary.answer((_request, response) => void response.writeHead(status, headers).end());
      sent += 1;
      return await endOf(transport, { url });
    };
    for (const status of [300, ...followed, 304, 305, 306, 399])
      for (const location of places)
        expect(await attack(status, { location }), `${status} ${location}`).toBe('redirected');
    const quiet: readonly Record<string, string>[] = [
      { location: here },
      { 'content-location': here },
      { refresh: `0; url=${here}` },
      { link: `<${here}>; rel=preload` },
      { 'alt-svc': `h2="127.0.0.1:${port}"; persist=1` },
    ];
    for (const headers of quiet) expect(await attack(200, headers), JSON.stringify(headers)).toBe(200);
    expect(await attack(201, { location: here })).toBe(201);
    expect(canary.honestRequests).toBe(sent);
    expect(await canary.connections()).toBe(0);

    for (const status of followed) {
      const before = await canary.connections();
      canary.answer((_request, response) => void response.writeHead(status, { location: here }).end());
      await naiveSenders.followsRedirects(url, { resolve: async () => [], allow }).catch(() => undefined);
      expect(await canary.connections(), String(status)).toBeGreaterThan(before);
    }
  });

  it('says nothing when the connection leads elsewhere than to an address that was judged', async () => {
    await using endpoint = await openEndpoint();
    const target = targetOf(`http://127.0.0.1:${endpoint.port}/`)!;
    const of = { target, headers: {}, body: '{}', signal: new AbortController().signal };
    // An address in the place of a name is looked up by nobody, so these are not asked.
    const elsewhere = [{ address: '127.0.0.9', family: 4 }];
    expect(await post({ ...of, addresses: elsewhere })).toBe('address_refused');
    expect(endpoint.received).toEqual([]);
    const there = [{ address: '127.0.0.1', family: 4 }];
    expect(await post({ ...of, addresses: there })).toMatchObject({ status: 204 });
  });
});
