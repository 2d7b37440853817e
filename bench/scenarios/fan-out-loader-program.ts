/** Grants requests at a steady rate, whoever is slow: in this process on core, since what is measured comes after the commit. */
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultLimits, openCore, otp } from '@countersign/core';
import { answerParent, orderOfParent } from '../answer-parent.ts';
import { now } from '../now.ts';

export interface LoaderOrder {
  readonly database: string;
  readonly secret: string;
}

export interface LoadOrder {
  readonly perSecond: number;
  readonly milliseconds: number;
  readonly subjects: number;
}

/** What was granted, and when the statement was sent that committed it: milliseconds of {@link now}. */
export interface Granted {
  readonly id: string;
  readonly subjectId: string;
  readonly sentAt: number;
}

const code = '12345678';
const many = 10_000_000;
/** What a machine that is too slow does not grant in time is not granted, and the rate that is told is lower. */
const inFlightMax = 24;
const core = await openCore({
  ...(orderOfParent() as LoaderOrder),
  methods: [otp({ send: () => Promise.resolve(), generate: () => code })],
  limits: {
    ...defaultLimits,
    sendsPerSubjectDayMax: many,
    sendsPerRecipientDayMax: many,
    sendsPerRecipient10MinutesMax: many,
    waitingPerSubjectMax: many,
  },
  sweep: false,
});
const service = core.context({ kind: 'service' });
let turn = 0;

async function grant(subjectId: string): Promise<Granted> {
  turn += 1;
  const { id } = await core.authorizationRequest.create(service, {
    slug: 'transfer',
    subjectId,
    data: { turn },
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: `person-${turn}@example.org` },
  });
  // The last statement of a grant is the one that commits it.
  let sentAt = 0;
  const query: typeof service.db.query = (...statement) => {
    sentAt = now();
    return service.db.query(...statement);
  };
  const timed = { ...service, db: { ...service.db, query } };
  const { granted } = await core.authorizationRequest.grant(timed, { id, proof: { method: 'otp', code } });
  if (!granted) throw new Error('our own code was judged wrong');
  return { id, subjectId, sentAt };
}

async function load({ perSecond, milliseconds, subjects }: LoadOrder): Promise<Granted[]> {
  const started = performance.now();
  const granted: Granted[] = [];
  let [begun, inFlight] = [0, 0];
  while (performance.now() - started < milliseconds) {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    while (begun < due && inFlight < inFlightMax) {
      begun += 1;
      inFlight += 1;
      void grant(`subject-${begun % subjects}`).then((one) => {
        granted.push(one);
        inFlight -= 1;
      });
    }
    await sleep(2);
  }
  while (inFlight > 0) await sleep(2);
  return granted;
}

answerParent(
  {},
  (question) => load(question as LoadOrder),
  () => core.close(),
);
