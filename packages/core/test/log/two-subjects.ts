import type { TestCore } from '../../testing/index.ts';
import type { Fuzzing } from './fuzz-cursors.ts';

export type TwoSubjects = Pick<Fuzzing, 'actors' | 'ids'> & {
  /** Ids of events and of a request that are not Ada's. */
  readonly strange: { readonly events: readonly string[]; readonly request: string };
};

const sessions = [null, 'session-1', 'session-2'] as const;

/** Ada and Grace, each with granted requests of no session and of two; every event has a context of the service. */
export async function arrangeTwoSubjects(test: TestCore): Promise<TwoSubjects> {
  const { core, service } = test;
  const ofAda = new Map<string | null, string[]>();
  let request = '';
  for (const subjectId of ['ada', 'grace']) {
    for (const sessionId of sessions) {
      const made = [
        await grantOne(test, subjectId, sessionId, 1),
        await grantOne(test, subjectId, sessionId, 2),
      ];
      if (subjectId === 'ada') ofAda.set(sessionId, made);
      else request = made[0] ?? '';
    }
  }
  const { items } = await core.event.list(service, { limit: 500 });
  const actors = [...sessions, 'session-3'].map((sessionId) => {
    const requests = new Set([...(ofAda.get(null) ?? []), ...(ofAda.get(sessionId) ?? [])]);
    const events = items.filter(({ about }) => requests.has(about.id)).length;
    return { context: test.subject('ada', sessionId), permitted: { subjectId: 'ada', requests, events } };
  });
  const strange = items.filter(({ subjectId }) => subjectId === 'grace').map(({ id }) => id);
  return { actors, ids: items.map(({ id }) => id), strange: { events: strange, request } };
}

async function grantOne(
  test: TestCore,
  subjectId: string,
  sessionId: string | null,
  n: number,
): Promise<string> {
  const { core, service, outbox } = test;
  const context = { onlyForTheService: true };
  const deliverTo = { channel: 'email', address: `${subjectId}-${n}@example.org` } as const;
  const asked = {
    slug: 'transfer',
    subjectId,
    sessionId,
    data: { n },
    title: 'Transfer money',
    deliverTo,
    context,
  };
  const { id } = await core.authorizationRequest.create(service, asked);
  const code = outbox.codeFor(deliverTo.address);
  await core.authorizationRequest.grant(service, { id, proof: { method: 'otp', code: '00000000' }, context });
  await core.authorizationRequest.grant(service, { id, proof: { method: 'otp', code }, context });
  return id;
}
