import { z } from 'zod';
import { CountersignError, defineOperation, openCore, otp, type Actor } from '../../src/index.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { createTestClock } from '../../testing/clock.ts';
import { planted } from '../planted/index.ts';
import { rightCode, type Call, type Outcome, type SentMessage, type Side } from './call.ts';
import { openGuardedSide } from './guarded-side.ts';
import type { Ground, OpenSide, SideSettings } from './open-side.ts';

/** A side with a clock that can be stopped. */
export interface RunningSide {
  /** Null: the time goes on. */
  stopClock(moment: number | null): void;
  /** All calls at once. */
  run(calls: readonly Call[]): Promise<Outcome[]>;
  takeMessages(): SentMessage[];
  close(): Promise<void>;
}

const service: Actor = { kind: 'service' };

/** Asked for in a session or not at all. */
const closeAccount = defineOperation({
  slug: 'close-account',
  data: z.unknown(),
  title: 'Close the account',
  session: 'required',
});

export async function openSide(side: Side, ground: Ground): Promise<RunningSide> {
  const stopped = createTestClock();
  let isStopped = false;
  let messages: SentMessage[] = [];
  const settings: SideSettings = {
    ...ground,
    side,
    now: () => (isStopped ? stopped.now() : new Date()),
    sent: (message) => messages.push(message),
  };
  const open = await openAttacked(settings);
  return {
    stopClock(moment) {
      isStopped = moment !== null;
      if (moment !== null) stopped.set(new Date(moment));
    },
    run: (calls) =>
      Promise.all(
        calls.map(({ command, input, actor = service }) => outcomeOf(open.run(command, input, actor))),
      ),
    takeMessages() {
      const taken = messages;
      messages = [];
      return taken;
    },
    close: () => open.close(),
  };
}

async function openAttacked(settings: SideSettings): Promise<OpenSide> {
  if (settings.side.implementation === 'core') return await openCoreSide(settings);
  if (settings.side.implementation === 'guard') return await openGuardedSide(settings);
  return openPlantedSide(settings);
}

function openPlantedSide(settings: SideSettings): OpenSide {
  const open = Object.entries(planted).find(([name]) => name === settings.side.implementation)?.[1];
  if (!open) throw new Error(`nothing naive is called ${settings.side.implementation}`);
  return open(settings);
}

async function openCoreSide({
  databaseUrl,
  secret,
  connections,
  side,
  now,
  sent,
}: SideSettings): Promise<OpenSide> {
  const core = await openCore({
    database: { clientUrl: databaseUrl, pool: { max: connections } },
    secret,
    clock: { now },
    methods: [
      otp({
        send: async ({ to, idempotencyKey }) => sent({ to, key: idempotencyKey }),
        generate: () => rightCode,
      }),
    ],
    operations: [closeAccount],
    migrate: false,
    sweep: false,
    ...(side.limits && { limits: side.limits }),
  });
  return {
    run: (command, input, actor) =>
      command === 'sweep'
        ? sweep(core.context(actor))
        : core.authorizationRequest[command](core.context(actor), input as never),
    close: () => core.close(),
  };
}

/** A refusal is an outcome; any other error is kept by its name and by PostgreSQL's code. */
async function outcomeOf(running: Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, answer: await running };
  } catch (error) {
    const known = error instanceof CountersignError;
    const { code } = ((known ? error.cause : error) ?? {}) as { code?: unknown };
    return {
      ok: false,
      reason: known ? error.reason : String(error),
      details: known ? error.details : undefined,
      sqlState: typeof code === 'string' ? code : undefined,
    };
  }
}
