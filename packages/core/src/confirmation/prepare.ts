import { noChallenge } from '../challenge/insert.ts';
import { issueChallenge, type IssuedChallenge } from '../challenge/issue.ts';
import { promptParametersOf } from '../challenge/prompt-limit.ts';
import { sendParametersOf } from '../challenge/send-limit.ts';
import type { Way } from '../challenge/way.ts';
import type { CoreContext } from '../context.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { confirmationDefaults } from '../limits.ts';
import type { ProvenRequest } from '../method/define.ts';
import { hashDisplay } from '../operation/display.ts';
import { digestPurpose } from './purpose.ts';
import type { InsertParameters } from './statement/insert.ts';

/** A confirmation that is to be, whoever asks for it. */
export interface Asked {
  readonly kind: Extract<ProvenRequest['kind'], 'confirmation' | 'enrolment'>;
  readonly slug: string;
  readonly subjectId: string | null;
  readonly purpose: string | null;
  readonly methodUuid: string;
  readonly factorUuid: string | null;
  readonly byFactorInForce: boolean;
  readonly way: Way;
  /** Canonical text; null when there is none. */
  readonly data: string | null;
  readonly valueHash: Uint8Array | null;
  readonly dataHash: Buffer;
  readonly title: string;
  /** Whether its method is asked for a challenge. */
  readonly challenges: boolean;
  /** Whether it is given by asking alone. */
  readonly atOnce: boolean;
  readonly expiresInSeconds: number;
  readonly now: Date;
  readonly passedAlong: unknown;
}

/** A confirmation with its challenge, before anything is written. */
export interface Prepared {
  readonly parameters: InsertParameters;
  readonly issued: IssuedChallenge | null;
}

/** Everything about the confirmation that is known before the database is asked. Its id is made first: a method may put it into its message. */
export async function prepareConfirmation(context: CoreContext, asked: Asked): Promise<Prepared> {
  const { now, way, subjectId, purpose, dataHash, passedAlong } = asked;
  const id = context.ids.uuid();
  const display = { title: asked.title, description: null, facts: [] };
  const displayHash = hashDisplay(display);
  const expiresAt = new Date(now.getTime() + asked.expiresInSeconds * 1000);
  const issued = asked.challenges
    ? await issueChallenge(context, {
        way,
        purpose: digestPurpose,
        aboutId: id,
        dataHash,
        request: {
          ...display,
          kind: asked.kind,
          id: formatId('confirmation', id),
          slug: asked.slug,
          subjectId,
          sessionId: null,
          dataHash: dataHash.toString('base64url'),
          displayHash: displayHash.toString('base64url'),
          locale: undefined,
          deliverTo: null,
        },
        expiresAt,
        now,
        passedAlong,
        overrides: {},
      })
    : null;
  const method = way.method.key;
  const parameters = {
    ...eventParametersOf(context, now, passedAlong),
    ...sendParametersOf(context.limits, now, issued?.recipient ?? null),
    ...promptParametersOf(context.limits, now, issued),
    ...(issued?.parameters ?? noChallenge),
    id,
    subjectId,
    sessionId: context.actor.kind === 'subject' ? context.actor.sessionId : null,
    budgetKey: subjectId ?? budgetKeyWithoutSubject(id, issued?.recipient ?? null),
    method,
    methodId: asked.methodUuid,
    factorId: asked.factorUuid,
    byFactorInForce: asked.byFactorInForce,
    purpose,
    data: asked.data,
    valueHash: asked.valueHash,
    dataHash,
    displayHash,
    title: asked.title,
    atOnce: asked.atOnce,
    attemptsMax: confirmationDefaults.attemptsMax,
    expiresAt,
    confirmationsMax: context.limits.confirmationsPerSubjectMax,
    requestedEventId: context.ids.uuid(),
    requestedData: eventData('confirmation.requested', { method, purpose }),
    confirmedEventId: context.ids.uuid(),
    confirmedData: eventData('confirmation.confirmed', { method }),
  };
  return { parameters, issued };
}

/** Longer than any subject's id (the contract, §2): nobody is called like this. */
const budgetKeyLength = 201;

/**
 * Whose wrong proofs are counted where there is no subject: of whoever reads that mailbox, so that a new confirmation
 * does not refill the day's attempts (bug 44). Without a message there is nobody to tell apart, and each confirmation
 * counts for itself; only the service can ask for such a one.
 */
function budgetKeyWithoutSubject(id: string, recipient: Uint8Array | null): string {
  const whose = recipient ? `recipient:${Buffer.from(recipient).toString('hex')}` : `confirmation:${id}`;
  return whose.padEnd(budgetKeyLength, '.');
}
