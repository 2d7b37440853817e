import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import type { Method, ProvenRequest, Reach } from '../method/define.ts';
import { maskRecipient, recipientCountingKey } from '../method/recipient.ts';
import type { Randomness, Send } from '../ports.ts';
import { formatId } from '../id.ts';
import { fromHost } from '../within.ts';
import type { Delivery } from './deliver.ts';
import type { ChallengeParameters } from './insert.ts';

/** Given for one request, in process only: another generator of codes, another sender. */
export interface ChallengeOverrides {
  readonly generate?: ((input: { randomness: Randomness }) => string) | undefined;
  readonly send?: Send | undefined;
}

export interface IssueChallenge {
  readonly purpose: string;
  /** The UUID of what is to be proven for. */
  readonly aboutId: string;
  readonly dataHash: Uint8Array;
  readonly request: ProvenRequest;
  readonly method: Method;
  readonly reach: Reach;
  readonly expiresAt: Date;
  readonly now: Date;
  readonly passedAlong: unknown;
  readonly overrides: ChallengeOverrides;
}

export interface IssuedChallenge {
  readonly parameters: ChallengeParameters;
  /** What its event says of it. */
  readonly event: {
    challengeId: string;
    method: string;
    factorId: string | null;
    sentTo: string | null;
    expiresAt: string;
  };
  /** Keyed digest of the recipient, to count messages by; null when nothing is sent. */
  readonly recipient: Uint8Array | null;
  /** What is to be sent after the commit; null when nothing is. */
  readonly delivery: Delivery | null;
}

const challengeSeconds = 300;

/** Makes a challenge by its method. Pure but for randomness: nothing is stored and nothing is sent here. */
export async function issueChallenge(context: CoreContext, input: IssueChallenge): Promise<IssuedChallenge> {
  const { method, reach, now } = input;
  const id = context.ids.uuid();
  // In whole milliseconds: 1.001 s times 1000 is 1000.9999999999999.
  const milliseconds = Math.min(
    challengeSeconds * 1000,
    context.limits.challengeSecondsMax * 1000,
    input.expiresAt.getTime() - now.getTime(),
  );
  const issued = await fromHost(
    method.issue({
      request: input.request,
      recipient: reach.recipient,
      expiresInSeconds: milliseconds / 1000,
      randomness: context.randomness,
      context: input.passedAlong ?? null,
      generate: input.overrides.generate,
    }),
  );
  const expiresAt = new Date(now.getTime() + milliseconds);
  const key = context.keys.active('code');
  const send = input.overrides.send ?? method.send;
  return {
    parameters: {
      challengeId: id,
      challengeMethod: method.key,
      challengeFactorId: null,
      challengeDigest:
        issued.secret === null
          ? null
          : keyedDigest(key.key, [input.purpose, input.aboutId, input.dataHash, issued.secret]),
      challengeKeyId: issued.secret === null ? null : key.id,
      challengeSentTo: reach.recipient ? maskRecipient(reach.recipient) : null,
      challengeOptions: issued.options === null ? null : JSON.stringify(issued.options),
      challengeExpiresAt: expiresAt,
    },
    event: {
      challengeId: formatId('challenge', id),
      method: method.key,
      factorId: null,
      sentTo: reach.recipient ? maskRecipient(reach.recipient) : null,
      expiresAt: expiresAt.toISOString(),
    },
    recipient: reach.recipient
      ? keyedDigest(context.keys.recipientCounting.key, [recipientCountingKey(reach.recipient)])
      : null,
    delivery:
      send && reach.recipient && issued.text !== null && issued.secret !== null
        ? {
            send,
            message: {
              to: reach.recipient.address,
              channel: reach.recipient.channel,
              text: issued.text,
              code: issued.secret,
              context: input.passedAlong ?? null,
              idempotencyKey: formatId('challenge', id),
            },
          }
        : null,
  };
}
