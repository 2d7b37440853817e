import type { Countersign, CountersignEvent, EventType, EventView, EventWords } from '@countersign/server';
import type { z } from 'zod';
import { transfer } from '../operations.ts';
import { holderOf, people } from './directory.ts';
import { euro } from './euro.ts';
import { isPerson } from './session.ts';

/** What an event is about, for one line. */
interface Topic {
  readonly title: string;
  readonly summary: string;
}

/** Of what is about no request. */
function topicOf(kind: EventView['about']['kind']): Topic {
  return { title: kind === 'scoped_token' ? 'Access' : 'Factors', summary: '' };
}

const rememberedMax = 200;

/** Tells events as somebody reads them who has never heard of a request, a challenge or a proof. */
export function createWords(service: ReturnType<Countersign['createCaller']>) {
  const remembered = new Map<string, Topic>();

  async function requested(id: string): Promise<Topic> {
    const known = remembered.get(id);
    if (known !== undefined) return known;
    const { title, slug, data, facts } = await service.authorizationRequest.get({ id });
    const summary = slug === transfer.slug ? transferText(data) : facts.map(({ value }) => value).join(', ');
    remembered.set(id, { title, summary });
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest);
    return { title, summary };
  }

  return async ({ type, data, about, subjectId }: EventView): Promise<EventWords | null> => {
    const word = words[type] as ((data: unknown, summary: string) => string) | undefined;
    if (word === undefined) return null;
    const { title, summary } =
      about.kind === 'authorization_request' ? await requested(about.id) : topicOf(about.kind);
    const person = subjectId !== null && isPerson(subjectId) ? people[subjectId].firstName : subjectId;
    return { about: person === null ? title : `${title} · ${person}`, text: word(data, summary) };
  };
}

/** What is not here keeps the words of the catalogue. */
const words: {
  readonly [Type in EventType]?: (data: CountersignEvent<Type>['data'], summary: string) => string;
} = {
  'authorization_request.created': (_data, summary) => `waits: ${summary}`,
  'authorization_request.challenged': ({ method, sentTo }) => challengeText(method, sentTo),
  'authorization_request.check_failed': ({ method, attemptsLeft }) =>
    `wrong ${method === 'device' ? 'digits' : 'code'}, ${attemptsLeft === 1 ? '1 try' : `${attemptsLeft} tries`} left`,
  'authorization_request.granted': ({ method, binding }) => `authorized by ${nameOf(method)} (${binding})`,
  'authorization_request.denied': ({ reason }) => denials[reason],
  'authorization_request.cancelled': () => 'called off',
  'authorization_request.expired': () => 'nobody answered in time',
  'authorization_request.reset': () => 'asked anew; earlier codes are void',
  'authorization_request.consumed': () => 'happened, once',
  'device.registered': () => 'a phone was paired; it signs with a key of its own',
  'device.revoked': () => 'the phone was removed',
  'factor.created': ({ method }) => `${nameOf(method)} was added`,
  'factor.confirmed': ({ method }) => `${nameOf(method)} is in force`,
  'factor.changed': ({ method }) => `${nameOf(method)} was changed`,
  'factor.removed': ({ method }) => `${nameOf(method)} was removed`,
  'abuse.reported': () => 'somebody else has asked: no phone rings for a while',
  'scoped_token.issued': () => 'a page, or the phone, may call for a while',
  'scoped_token.revoked': () => 'a page that was signed out may call no more',
};

const denials = {
  declined: 'refused by the person',
  not_me: 'refused: this was not me',
  attempts_exhausted: 'refused: no tries are left',
} as const;

const names: Readonly<Record<string, string>> = {
  device: 'phone',
  passkey: 'passkey',
  otp: 'code from a message',
  totp: 'authenticator app',
  'recovery-code': 'recovery code',
};

function nameOf(method: string): string {
  return names[method] ?? method;
}

function challengeText(method: string, sentTo: string | null): string {
  if (sentTo !== null) return `a code went to ${sentTo}`;
  return method === 'device'
    ? 'the phone asks for the digits on the screen'
    : `${nameOf(method)} is asked for`;
}

function transferText(data: unknown): string {
  const { amountCents, to } = data as z.output<typeof transfer.data>;
  return `${euro(amountCents)} to ${holderOf(to) ?? to}`;
}
