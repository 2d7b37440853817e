import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClusterNode } from './cluster-node.ts';

/** Many readers of one subject's events, each over a WebSocket of its own, at the least cost to this process. */
export interface Crowd {
  /** Ends every connection without a word, and opens them all again at once, at this node, where each had been. */
  reconnect(node: ClusterNode): Promise<void>;
  /** What each was told, in order: the ids of the events. */
  readonly told: readonly (readonly string[])[];
  close(): void;
}

interface Member {
  socket: WebSocket | null;
  readonly ids: string[];
}

const retryMs = 50;
const eventId = /"id":"(evt_\w+)","type"/;

export interface CrowdOptions {
  readonly size: number;
  readonly subjectId: string;
  readonly serviceKey: string;
  readonly node: ClusterNode;
  /** The event that all begin behind; the start of the log where there is none yet. */
  readonly after: string | undefined;
}

/** Resolves when all are served. */
export async function openCrowd({ size, subjectId, serviceKey, node, after }: CrowdOptions): Promise<Crowd> {
  const members = Array.from({ length: size }, (): Member => ({ socket: null, ids: [] }));
  let isOver = false;

  async function connect(member: Member, { host, port }: ClusterNode): Promise<void> {
    const socket = new WebSocket(`ws://${host}:${port}/trpc?connectionParams=1`, {
      perMessageDeflate: false,
    });
    socket.on('error', () => undefined);
    member.socket = socket;
    await once(socket, 'open');
    socket.send(
      JSON.stringify({ method: 'connectionParams', data: { authorization: `Bearer ${serviceKey}` } }),
    );
    const lastEventId = member.ids.at(-1) ?? after;
    const input = {
      json: { subjectId, ...(lastEventId === undefined ? { from: 'start' } : { lastEventId }) },
    };
    socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'event.stream', input } }));
    const isServed = Promise.withResolvers<void>();
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.includes('"started"')) isServed.resolve();
      const [, id] = eventId.exec(text) ?? [];
      if (id !== undefined) member.ids.push(id);
    });
    socket.once('close', () => isServed.reject(new Error('closed before it was served')));
    await isServed.promise;
  }

  async function persist(member: Member, at: ClusterNode): Promise<void> {
    while (!isOver) {
      const isServed = await connect(member, at).then(
        () => true,
        () => false,
      );
      if (isServed) return;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  async function reconnect(at: ClusterNode): Promise<void> {
    for (const { socket } of members) socket?.terminate();
    await Promise.all(members.map((member) => persist(member, at)));
  }

  await reconnect(node);
  return {
    reconnect,
    told: members.map(({ ids }) => ids),
    close() {
      isOver = true;
      for (const { socket } of members) socket?.terminate();
    },
  };
}
