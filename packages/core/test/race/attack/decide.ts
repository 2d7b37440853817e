import { CountersignError, type CoreContext } from '../../../src/index.ts';
import { sweep } from '../../../src/maintenance/sweep.ts';
import type { TestCore } from '../../../testing/index.ts';
import { look, numbered, count, type Looked } from '../look.ts';
import { createRandom, type Random } from '../../../testing/random.ts';
import { claim } from './claim.ts';
import { transferOf } from './open-request.ts';

const decisions = ['granted', 'denied', 'cancelled', 'expired'] as const;
type Ending = 'grant' | 'deny' | 'cancel' | 'reset' | 'expire';

/**
 * All that can end a waiting request, at the same time: in its last millisecond, as the clock of the node says
 * that answers, and over, as the clock of the node says that sweeps. Throws where a promise is broken.
 *
 * @returns how often each ended it; `waiting` when only the reset was left.
 */
export async function raceDecisions(
  test: TestCore,
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Promise<Record<string, number>> {
  const random = createRandom(seed);
  const winners: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    const winner = await raceOnce(test, `decided-${round}`, random);
    winners[winner] = (winners[winner] ?? 0) + 1;
  }
  return winners;
}

async function raceOnce(test: TestCore, subjectId: string, random: Random): Promise<string> {
  const { core, service, outbox, clock, database } = test;
  const address = `${subjectId}@example.org`;
  const { id, expiresAt } = await core.authorizationRequest.create(service, {
    ...transferOf(subjectId),
    title: 'Transfer money',
    deliverTo: { channel: 'email', address },
  });
  const code = outbox.codeFor(address);
  clock.set(new Date(expiresAt.getTime() - 1));
  const answering: CoreContext = { ...service, clock: { now: () => new Date(expiresAt.getTime() - 1) } };
  const sweeping: CoreContext = { ...service, clock: { now: () => expiresAt } };
  const { grant, deny, cancel, reset } = core.authorizationRequest;
  const endings: Record<Ending, () => Promise<unknown>> = {
    grant: () => grant(answering, { id, proof: { method: 'otp', code } }),
    deny: () => deny(answering, { id }),
    cancel: () => cancel(answering, { id }),
    reset: () => reset(answering, { id }),
    expire: () => sweep(sweeping),
  };
  // A grant takes two round trips; so that it is not always last, the others start a little later.
  const racing = random.pick<readonly Ending[]>([
    ['grant', 'deny', 'cancel', 'reset', 'expire'],
    ['expire', 'reset', 'grant'],
    ['reset', 'grant'],
    ['cancel', 'grant', 'deny'],
    ['expire', 'grant'],
  ]);
  const outcomes = await Promise.all(
    racing.map(async (name) => {
      await random.pause(name === 'grant' ? 1 : 6);
      return [name, await endings[name]().catch(refusalOf)] as const;
    }),
  );
  const request = await look(database.sql, id);
  judge(request, Object.fromEntries(outcomes));
  clock.set(new Date(expiresAt.getTime() + 3_600_000));
  return request.state;
}

/** The tables and the answers must tell the same story: one end, and who was told of it. */
function judge(request: Looked, answers: Partial<Record<Ending, unknown>>): void {
  const story = JSON.stringify({ request, answers });
  const finals = decisions.filter((type) => count(request.events, type) > 0);
  const isFinal = request.state !== 'waiting';
  claim(numbered(request.events), `a gap in the events: ${story}`);
  claim(finals.length === (isFinal ? 1 : 0), `not one final event: ${story}`);
  claim(
    finals.every((type) => count(request.events, type) === 1 && type === request.state),
    `another final event: ${story}`,
  );
  claim(request.proofs === (request.state === 'granted' ? 1 : 0), `a proof without its grant: ${story}`);
  claim(request.attemptsOpen === 0, `an attempt was left open: ${story}`);

  const told = {
    granted: (answers.grant as { granted?: boolean } | undefined)?.granted === true,
    denied: (answers.deny as { state?: string } | undefined)?.state === 'denied',
    cancelled: (answers.cancel as { state?: string } | undefined)?.state === 'cancelled',
  };
  for (const [state, wasTold] of Object.entries(told)) {
    claim(
      wasTold === (request.state === state),
      `${state} was answered and is not so, or the other way: ${story}`,
    );
  }
  for (const answer of Object.values(answers)) {
    if (typeof answer !== 'string') continue;
    claim(['not_waiting', 'expired', 'rate_limited'].includes(answer), `refused with ${answer}: ${story}`);
  }
}

function refusalOf(error: unknown): string {
  if (error instanceof CountersignError) return error.reason;
  throw error;
}
