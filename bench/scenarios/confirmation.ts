import { randomBytes } from 'node:crypto';
import { defaultLimits, openCore, otp, type Core } from '@countersign/core';
import { createDatabase } from '../database.ts';
import { openFloorConfirmation } from '../floor/confirmation.ts';
import type { Scenario } from '../scenario.ts';

/** Enough of everything that no limit is met: what is measured is the way through, not the refusal. */
const limits = {
  ...defaultLimits,
  sendsPerSubjectDayMax: 1_000_000,
  sendsPerRecipientDayMax: 1_000_000,
  sendsPerRecipient10MinutesMax: 1_000_000,
};

/**
 * So many that nobody has more messages of a day in their row than the product allows by default; a run that is only to
 * work needs fewer.
 */
const subjects = { long: 1000, short: 50 };

const purpose = 'sign-in';

/** Who signs in: one person, enrolled on both sides. */
interface Person {
  readonly subjectId: string;
  readonly factorId: string;
  readonly floorFactor: string;
}

/** What a host does to sign somebody in: a code to the address that they have enrolled, bound to the pending session. */
export const confirmation: Scenario = {
  name: 'confirmation',
  title: 'request (one-time code to a factor) → confirm → use, in process',
  settings: '1,000 subjects, 10 connections, fsync and synchronous_commit on, four durable commits',
  async open({ url, isShort }) {
    const codes = new Map<string, string>();
    const core = await openCore({
      database: await createDatabase(url, 'bench_ours'),
      secret: randomBytes(32).toString('base64'),
      methods: [
        otp({ send: (message) => Promise.resolve(void codes.set(message.idempotencyKey, message.code)) }),
      ],
      limits,
      sweep: false,
    });
    const service = core.context({ kind: 'service' });
    const confirmations = core.confirmations();
    const floor = await openFloorConfirmation(await createDatabase(url, 'bench_floor'));
    const people = await enrol(core, floor, isShort ? subjects.short : subjects.long);
    const personOf = (turn: number) => people[turn % people.length] as Person;
    const dataOf = (turn: number) => ({ session: `session-${turn}` });
    return {
      inFlight: [1, 16],
      ours: {
        name: 'countersign',
        async run(turn) {
          const { subjectId, factorId } = personOf(turn);
          const data = dataOf(turn);
          const asked = { factorId, subjectId, purpose, data };
          const { id, challenge } = await confirmations.request(service, asked);
          const challengeId = challenge?.id ?? '';
          const code = codes.get(challengeId) ?? '';
          codes.delete(challengeId);
          const { status } = await confirmations.confirm(service, { id, data: { code } });
          if (status !== 'confirmed') throw new Error('our own code was judged wrong');
          const { used } = await confirmations.use(service, { id, ...asked });
          if (!used) throw new Error('our own confirmation was not used');
        },
      },
      floor: {
        name: 'floor',
        run(turn) {
          const { subjectId, floorFactor } = personOf(turn);
          return floor.confirmation(subjectId, floorFactor, purpose, dataOf(turn));
        },
      },
      async close() {
        await core.close();
        await floor.close();
      },
    };
  },
};

/** A few at a time, as many as there are connections. */
async function enrol(
  core: Core,
  floor: Awaited<ReturnType<typeof openFloorConfirmation>>,
  count: number,
): Promise<readonly Person[]> {
  const service = core.context({ kind: 'service' });
  const people: Person[] = [];
  while (people.length < count) {
    const names = Array.from({ length: Math.min(10, count - people.length) }, (_, n) => people.length + n);
    const enrolled = names.map(async (number): Promise<Person> => {
      const subjectId = `subject-${number}`;
      const address = `person-${number}@example.org`;
      const config = { channel: 'email', address };
      const { factor } = await core.factors.create(service, {
        subjectId,
        methodId: 'otp',
        config,
        confirmed: true,
      });
      return { subjectId, factorId: factor.id, floorFactor: await floor.enrol(subjectId, address) };
    });
    people.push(...(await Promise.all(enrolled)));
  }
  return people;
}
