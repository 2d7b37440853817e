import { core, type Arena } from '../arena.ts';
import { count, look, looseCharges, numbered } from '../look.ts';
import { answerAtOnce, answerBesideGuesses } from './answer.ts';
import { claim } from './claim.ts';
import { consumeAtOnce } from './consume.ts';
import { guessAtOnce } from './guess.ts';

// The attacks on core, again and again, each round on a subject of its own. They throw where a promise is
// broken; what they return are figures.

interface Rounds {
  readonly rounds: number;
  /** So that every round of every run has a subject of its own. */
  readonly name: string;
}

/** Wrong guesses at one request: five are judged, the last one denies it. */
export async function roundsOfGuesses(
  arena: Arena,
  { rounds, name, guesses }: Rounds & { readonly guesses: number },
) {
  const judged: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const guessed = await guessAtOnce(arena, core, { subjectId: `${name}-${round}`, guesses });
    const request = await look(arena.sql, guessed.ids[0] ?? '');
    const story = JSON.stringify({ round, guessed, request });
    const { attempts_exhausted: exhausted = 0, not_waiting: decided = 0 } = guessed.verdicts;
    claim(guessed.judged === 5, `not five were judged: ${story}`);
    claim(exhausted + decided === guesses - 5, `refused for another reason: ${story}`);
    claim(request.state === 'denied' && request.reason === 'attempts_exhausted', `not denied: ${story}`);
    claim(request.attemptsLeft === 0 && request.attemptsOpen === 0, `attempts: ${story}`);
    const types = request.events.map((event) => event.split(' ')[1]);
    const expected = ['created', 'challenged', ...Array<string>(5).fill('check_failed'), 'denied'];
    claim(types.join() === expected.join() && numbered(request.events), `events: ${story}`);
    judged.push(guessed.judged);
  }
  return { rounds, guesses, judgedMin: Math.min(...judged), judgedMax: Math.max(...judged) };
}

/** The right answer beside four wrong ones, which never take the last attempt from it. */
export async function roundsBesideGuesses(arena: Arena, { rounds, name }: Rounds) {
  for (let round = 0; round < rounds; round += 1) {
    const right = round % 3 === 2 ? 'check' : 'grant';
    const subjectId = `${name}-${round}`;
    const answered = await answerBesideGuesses(arena, core, {
      subjectId,
      wrong: 4,
      place: round,
      right,
      mixed: round % 2 === 1,
    });
    const request = await look(arena.sql, answered.id);
    const story = JSON.stringify({ round, answered, request });
    claim(
      answered.right === (right === 'grant' ? 'granted' : 'valid'),
      `the right answer was lost: ${story}`,
    );
    claim(request.state === (right === 'grant' ? 'granted' : 'waiting'), `state: ${story}`);
    const spent = answered.judged + (right === 'grant' ? 1 : 0);
    claim(request.attemptsLeft === 5 - spent && request.attemptsOpen === 0, `attempts: ${story}`);
    claim(
      count(request.events, 'check_failed') === answered.judged && numbered(request.events),
      `events: ${story}`,
    );
  }
  return { rounds, lost: 0 };
}

/** The right answer among many wrong ones: where an attempt was left for it, it grants. */
export async function roundsAmongGuesses(
  arena: Arena,
  { rounds, name, wrong }: Rounds & { readonly wrong: number },
) {
  let granted = 0;
  for (let round = 0; round < rounds; round += 1) {
    const subjectId = `${name}-${round}`;
    const { id, right, judged } = await answerBesideGuesses(arena, core, {
      subjectId,
      wrong,
      place: round,
      right: 'grant',
      mixed: round % 2 === 1,
    });
    const request = await look(arena.sql, id);
    const story = JSON.stringify({ round, right, judged, request });
    claim(count(request.events, 'check_failed') === judged && request.attemptsOpen === 0, `events: ${story}`);
    if (right === 'granted') {
      granted += 1;
      claim(judged <= 4 && request.state === 'granted' && request.proofs === 1, `granted beside: ${story}`);
      continue;
    }
    // It was refused before it was compared: all five attempts went to wrong ones.
    claim(
      ['attempts_exhausted', 'not_waiting', 'factor_locked'].includes(right),
      `the right answer was lost: ${story}`,
    );
    claim(
      judged === 5 && request.reason === 'attempts_exhausted' && request.proofs === 0,
      `refused beside: ${story}`,
    );
  }
  return { rounds, wrong, granted, refusedUnjudged: rounds - granted, lost: 0 };
}

/** The right answer, many times at once: one grant, one proof, one event, and nothing held against anyone. */
export async function roundsOfRightAnswers(
  arena: Arena,
  { rounds, name, answers }: Rounds & { readonly answers: number },
) {
  for (let round = 0; round < rounds; round += 1) {
    const subjectId = `${name}-${round}`;
    const { id, granted, verdicts } = await answerAtOnce(arena, core, { subjectId, answers });
    const request = await look(arena.sql, id);
    const charges = await looseCharges(arena.sql, subjectId);
    const story = JSON.stringify({ round, verdicts, request, charges });
    claim(granted === 1 && request.state === 'granted' && request.proofs === 1, `not one grant: ${story}`);
    claim(verdicts['wrong'] === undefined, `a right answer was judged wrong: ${story}`);
    claim(request.events.join() === '1 created,2 challenged,3 granted', `events: ${story}`);
    claim(charges.charges === 0 && Object.keys(charges.streaks).length === 0, `charged: ${story}`);
    claim(request.attemptsOpen === 0, `attempts: ${story}`);
  }
  return { rounds, answers, grantsPerRound: 1 };
}

/** One grant, consumed many times at once: one consumption. */
export async function roundsOfConsumers(
  arena: Arena,
  { rounds, name, times }: Rounds & { readonly times: number },
) {
  for (let round = 0; round < rounds; round += 1) {
    const { id, verdicts } = await consumeAtOnce(arena, core, { subjectId: `${name}-${round}`, times });
    const request = await look(arena.sql, id);
    const story = JSON.stringify({ round, verdicts, request });
    claim(verdicts['done'] === 1 && verdicts['already_consumed'] === times - 1, `not one consumer: ${story}`);
    claim(request.events.join() === '1 created,2 challenged,3 granted,4 consumed', `events: ${story}`);
  }
  return { rounds, consumers: times, consumptionsPerRound: 1 };
}
