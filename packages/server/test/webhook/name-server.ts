import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a name server says of each name: addresses, that it fails, or nothing at all. */
export type Zone = Readonly<Record<string, readonly string[] | 'fails' | 'silent'>>;

export interface NameServer extends AsyncDisposable {
  /** For `setServers`. */
  readonly at: string;
  /** The names that were asked for. */
  readonly asked: readonly string[];
}

const typeOf = { ipv4: 1, ipv6: 28 } as const;
const noSuchName = 3;
const serverFailure = 2;

/** A name server on this machine (RFC 1035, §4) that knows these names and no other. */
export async function openNameServer(zone: Zone): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    const { name, type, end } = questionOf(query);
    asked.push(name);
    const known = zone[name] ?? [];
    if (known === 'silent') return;
    const code = known === 'fails' ? serverFailure : name in zone ? 0 : noSuchName;
    const records = known === 'fails' ? [] : known.map(recordOf).filter((record) => record.type === type);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(
      Buffer.concat([head, query.subarray(12, end), ...records.map(({ bytes }) => bytes)]),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    at: `127.0.0.1:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordOf(address: string): { readonly type: number; readonly bytes: Buffer } {
  const isIpv6 = address.includes(':');
  const type = isIpv6 ? typeOf.ipv6 : typeOf.ipv4;
  const value = isIpv6 ? bytesOfIpv6(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(value.length, 10);
  return { type, bytes: Buffer.concat([head, value]) };
}

function bytesOfIpv6(address: string): Buffer {
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
