import type { Countersign } from '@countersign/server';
import { createCountersignClient } from '../../src/index.ts';
import type { Random } from '@countersign/core/testing';
import { tokens } from './actor.ts';
import { code } from './node.ts';

type Verb = 'create' | 'grant' | 'deny' | 'cancel' | 'consume' | 'reset';
/** What a life of a request is made of, through a client or in this process. */
type Calls = {
  readonly [Name in Verb]: (
    input: Parameters<ReturnType<Countersign['createCaller']>['authorizationRequest'][Name]>[0],
  ) => Promise<Name extends 'create' ? { readonly id: string } : unknown>;
};

export interface Load {
  /** Lives that were lived to their end. */
  readonly lives: number;
  stop(): Promise<void>;
}

/** Whose requests there are: both subjects have some in a session of the same name. */
const owners = [
  { subjectId: 'ada' },
  { subjectId: 'ada', sessionId: 'session-1' },
  { subjectId: 'ada', sessionId: 'session-2' },
  { subjectId: 'grace' },
  { subjectId: 'grace', sessionId: 'session-1' },
] as const;

/**
 * Requests of both subjects, from creation to their end, through the server that is being restarted and through
 * a second node. What a restart makes of a call is not asked: the log says what happened.
 */
export function startLoad(node: Countersign, port: number, random: Random): Load {
  const client = createCountersignClient({
    url: `http://127.0.0.1:${port}/trpc`,
    token: tokens.service,
    retries: 0,
  });
  let stopped = false;
  let lives = 0;
  const live = async (calls: Calls, isAlwaysThere: boolean): Promise<void> => {
    while (!stopped) {
      try {
        await liveOnce(calls, random);
        lives += 1;
      } catch (error) {
        if (isAlwaysThere) throw error;
      }
      await random.pause(30);
    }
  };
  const service = node.createCaller({ kind: 'service' });
  const living = Promise.all([
    live(service.authorizationRequest, true),
    live(client.authorizationRequest, false),
    live(client.authorizationRequest, false),
  ]);
  living.catch(() => undefined); // told by `stop`
  return {
    get lives() {
      return lives;
    },
    async stop() {
      stopped = true;
      await living;
      await client.close();
    },
  };
}

let requests = 0;

async function liveOnce(calls: Calls, random: Random): Promise<void> {
  const { subjectId, ...owner } = random.pick(owners);
  requests += 1;
  const data = { number: requests };
  const { id } = await calls.create({
    slug: 'transfer',
    subjectId,
    ...owner,
    data,
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: `${subjectId}-${requests}@example.org` },
    expiresInSeconds: 2,
    context: { onlyForTheService: requests },
  });
  const proof = { method: 'otp', code } as const;
  switch (random.integer(6)) {
    case 0:
      await calls.deny({ id });
      return;
    case 1:
      await calls.cancel({ id });
      return;
    case 2:
      return; // It expires.
    case 3:
      await calls.reset({ id }).catch(() => undefined); // A cool-down may forbid it.
      await calls.grant({ id, proof });
      return;
    default:
      await calls.grant({ id, proof });
      await calls.consume({ id, slug: 'transfer', subjectId, ...owner, data });
  }
}
