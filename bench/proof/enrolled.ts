import { formatId, type Method, type Randomness } from '@countersign/core';
import { engine, place } from './judging.ts';

/** What enrolment makes of what a subject gives: stored, and shown once. */
export interface Enrolled {
  readonly config: unknown;
  readonly setup: unknown;
}

const surroundings = { settings: {}, issuer: engine.issuer, context: null };
const whose = { subjectId: place.subjectId, factorId: formatId('factor', place.factorId) };

/** Begun, and in force where nothing is to be confirmed, or the service vouches for it. */
export async function begun(
  method: Method,
  given: object = {},
  randomness: Randomness = engine.randomness,
): Promise<Enrolled> {
  if (!method.enrolment) throw new Error(`${method.key} has no enrolment`);
  const { config, setup } = await method.enrolment.begin({
    ...surroundings,
    ...whose,
    given: method.enrolment.given.parse(given),
    current: null,
    factors: [],
    randomness,
    now: new Date(),
  });
  return { config, setup };
}

/** Confirmed by its own answer: what is stored from then on. */
export async function completed(method: Method, config: unknown, answer: object): Promise<unknown> {
  if (!method.enrolment) throw new Error(`${method.key} has no enrolment`);
  const judged = await method.enrolment.complete({
    ...surroundings,
    ...whose,
    answer: method.enrolment.answer.parse(answer),
    config,
    request: {
      kind: 'enrolment',
      id: 'conf_enrolment',
      slug: 'countersign.factor',
      subjectId: place.subjectId,
      dataHash: '',
      displayHash: '',
    },
    matches: () => false,
    now: new Date(),
  });
  if (!judged.valid) throw new Error(`${method.key}: its own answer did not confirm it`);
  return judged.config;
}
