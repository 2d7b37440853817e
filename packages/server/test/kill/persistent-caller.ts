import { setTimeout as sleep } from 'node:timers/promises';
import { attemptCall, type Attempt, type Refusal } from './attempt.ts';

/** A client that calls until it knows what happened, always with the same input and so with the same key. */
export interface PersistentCaller {
  mutate<Result>(path: string, input: { readonly idempotencyKey: string }): Promise<Settled<Result>>;
  query<Result>(path: string, input: object): Promise<Result>;
  /** The code of the newest message to this address; null when there is none (any more). */
  codeFor(address: string): Promise<string | null>;
  readonly tally: Readonly<CallTally>;
}

/** What a call came to in the end. */
export type Settled<Result> = {
  /** When the attempt was sent that was answered. */
  readonly sentAt: number;
  /** Whether an earlier attempt may or may not have happened. */
  readonly wasUnknown: boolean;
} & ({ readonly ok: true; readonly result: Result } | { readonly ok: false; readonly refusal: Refusal });

export interface CallTally {
  /** Mutations with an answer. */
  settled: number;
  /** Those of them that had to be repeated because nobody knew whether they had happened. */
  unknownSettled: number;
  slowestMs: number;
}

const neverSettledMs = 60_000;
const pauseMs = 20;

export interface CallerOptions {
  /** Where the next attempt goes to. */
  readonly url: () => string;
  readonly serviceKey: string;
  /** How long an answer is waited for; default as long as a server may take. */
  readonly patienceMs?: number;
}

export function persistentCaller({ url, serviceKey, patienceMs }: CallerOptions): PersistentCaller {
  const headers = { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' };
  const tally: CallTally = { settled: 0, unknownSettled: 0, slowestMs: 0 };

  async function settle(path: string, init: RequestInit): Promise<Settled<unknown>> {
    const startedAt = performance.now();
    let wasUnknown = false;
    for (;;) {
      const sentAt = Date.now();
      const attempt = await attemptCall(url() + path, init, patienceMs);
      const tookMs = Math.round(performance.now() - startedAt);
      if (attempt.kind === 'answered' || attempt.kind === 'refused') {
        tally.slowestMs = Math.max(tally.slowestMs, tookMs);
        return { sentAt, wasUnknown, ...outcomeOf(attempt) };
      }
      wasUnknown ||= attempt.kind === 'unknown';
      if (tookMs > neverSettledMs) throw new Error(`${path} was never settled`);
      await sleep(pauseMs);
    }
  }

  async function read(path: string): Promise<unknown> {
    const settled = await settle(path, { headers });
    if (!settled.ok) throw new Error(`${path} was refused: ${settled.refusal.reason}`);
    return settled.result;
  }

  return {
    tally,
    async mutate<Result>(path: string, input: object) {
      const settled = await settle(`/trpc/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ json: input }),
      });
      tally.settled += 1;
      if (settled.wasUnknown) tally.unknownSettled += 1;
      return settled as Settled<Result>;
    },
    async query<Result>(path: string, input: object) {
      return (await read(
        `/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`,
      )) as Result;
    },
    async codeFor(address) {
      const [newest] = (await read(`/inbox/messages?to=${address}`)) as { code: string }[];
      return newest?.code ?? null;
    },
  };
}

function outcomeOf(attempt: Extract<Attempt, { kind: 'answered' | 'refused' }>) {
  return attempt.kind === 'answered'
    ? ({ ok: true, result: attempt.result } as const)
    : ({ ok: false, refusal: attempt.refusal } as const);
}
