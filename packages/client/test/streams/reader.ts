import { createCountersignClient } from '../../src/index.ts';
import type { Random } from '@countersign/core/testing';
import { actorOfToken } from './actor.ts';
import type { Reader, ToldEvent } from './compare.ts';
import { openLine, type Cut, type Line } from './line.ts';

/** Somebody who reads a stream over a line of its own, which is cut while it reads. */
export interface CutReader extends AsyncDisposable {
  readonly name: string;
  readonly reader: Reader | null;
  readonly told: readonly ToldEvent[];
  /** Connections there were to a server. */
  readonly connections: number;
  /** So many cuts, at random moments, each of what is connected. Rejects when the stream fails. */
  cut(times: number, onCut: (kind: Cut) => void): Promise<void>;
}

export interface ReaderOptions {
  readonly name: string;
  readonly token: string;
  readonly port: number;
  readonly random: Random;
}

/** How a stream is read through a line: `tell` for each event, until the signal is given. */
type Read = (line: Line, tell: (event: ToldEvent) => void, signal: AbortSignal) => Promise<void>;

/** One reset in two, the rest in both other ways. */
const kinds = ['reset', 'reset', 'reset', 'inside', 'inside', 'half-open'] as const;
const pauseMilliseconds = 40;

/** A client of ours, over one transport. */
export function openReader(transport: 'websocket' | 'sse', options: ReaderOptions): Promise<CutReader> {
  return open(options, async ({ url }, tell, signal) => {
    await using client = createCountersignClient({
      url,
      token: options.token,
      transport,
      reconnect: { firstMilliseconds: 5, maxMilliseconds: 50 },
      timing: {
        openMilliseconds: 2000,
        silenceMilliseconds: 100,
        answerMilliseconds: 100,
        moveMilliseconds: 100,
      },
    });
    for await (const event of client.event.stream({ from: 'start' }, { signal })) tell(event);
  });
}

/** Connects again as ours does, but holds no place in the log: it begins now, or anew. */
export function openNaiveReader(from: 'now' | 'start', options: ReaderOptions): Promise<CutReader> {
  const input = encodeURIComponent(JSON.stringify({ json: { from } }));
  const headers = { authorization: `Bearer ${options.token}` };
  return open(options, async ({ url }, tell, signal) => {
    while (!signal.aborted) {
      try {
        const answer = await fetch(`${url}/event.stream?input=${input}`, { headers, signal });
        let text = '';
        for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const events = (text + chunk).split('\n\n');
          text = events.pop() ?? '';
          for (const event of events) {
            const [, data] = /^data: (\{"json":\{"id":.*)$/m.exec(event) ?? [];
            if (data !== undefined) tell((JSON.parse(data) as { json: ToldEvent }).json);
          }
        }
      } catch {
        // Cut.
      }
    }
  });
}

async function open({ name, token, port, random }: ReaderOptions, read: Read): Promise<CutReader> {
  const line = await openLine(port, random);
  const actor = actorOfToken(`Bearer ${token}`);
  const leaving = new AbortController();
  const told: ToldEvent[] = [];
  const reading = read(line, (event) => told.push(event), leaving.signal);
  const failed = reading.then(() => Promise.reject(new Error(`${name}: the stream ended`)));
  failed.catch(() => undefined); // told by whoever cuts it
  return {
    name,
    reader: actor?.kind === 'subject' ? actor : null,
    told,
    get connections() {
      return line.connections;
    },
    async cut(times, onCut) {
      for (let left = times; left > 0; left -= 1) {
        const kind = random.pick(kinds);
        await random.pause(pauseMilliseconds);
        onCut(await Promise.race([line.cut(kind), failed]));
      }
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reading;
      await line[Symbol.asyncDispose]();
    },
  };
}
