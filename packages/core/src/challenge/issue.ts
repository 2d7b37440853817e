import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import type { ProvenRequest } from '../method/define.ts';
import { maskRecipient } from '../method/recipient.ts';
import type { Randomness, Send } from '../ports.ts';
import { formatId, parseId } from '../id.ts';
import { fromHost } from '../within.ts';
import type { Delivery } from './deliver.ts';
import type { ChallengeParameters } from './insert.ts';
import { recipientDigest } from './recipient-digest.ts';
import type { Way } from './way.ts';

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
  readonly way: Way;
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
  /** Whether it rings at a person: prompts are limited. */
  readonly prompts: boolean;
  /** What is to be sent after the commit; null when nothing is. */
  readonly delivery: Delivery | null;
}

const challengeSeconds = 300;

/** Makes a challenge by its method. Pure but for randomness: nothing is stored and nothing is sent here. */
export async function issueChallenge(context: CoreContext, input: IssueChallenge): Promise<IssuedChallenge> {
  const { now, way } = input;
  const { method, factor, recipient } = way;
  const id = context.ids.uuid();
  // In whole milliseconds: 1.001 s times 1000 is 1000.9999999999999.
  const milliseconds = Math.min(
    challengeSeconds * 1000,
    context.limits.challengeSecondsMax * 1000,
    input.expiresAt.getTime() - now.getTime(),
  );
  const {
    secret = null,
    message = null,
    options = null,
    state = null,
    digits = 0,
  } = await fromHost(
    method.issue({
      request: input.request,
      factor,
      factors: way.factors,
      recipient,
      settings: way.settings,
      issuer: context.issuer,
      expiresInSeconds: milliseconds / 1000,
      randomness: context.randomness,
      context: input.passedAlong ?? null,
      generate: input.overrides.generate,
    }),
  );
  const expiresAt = new Date(now.getTime() + milliseconds);
  const key = context.keys.active(digits > 0 ? 'digits' : 'code');
  const send = input.overrides.send ?? method.send;
  const sentTo = recipient && maskRecipient(recipient);
  return {
    parameters: {
      challengeId: id,
      challengeMethod: method.key,
      challengeFactorId: factor && factorUuid(factor.id),
      challengeFactorRenewals: way.factorRenewals,
      challengeDigest:
        secret === null ? null : keyedDigest(key.key, [input.purpose, input.aboutId, input.dataHash, secret]),
      challengeKeyId: secret === null && digits === 0 ? null : key.id,
      challengeSentTo: sentTo,
      challengeOptions: options === null ? null : JSON.stringify(options),
      challengeState: state === null ? null : JSON.stringify(state),
      challengeDigits: digits,
      challengeAskedBy: actorKey(context.actor),
      challengeTries: method.endsWhenWrong ? 1 : null,
      challengeExpiresAt: expiresAt,
    },
    event: {
      challengeId: formatId('challenge', id),
      method: method.key,
      factorId: factor?.id ?? null,
      sentTo,
      expiresAt: expiresAt.toISOString(),
    },
    recipient: recipient && recipientDigest(context, recipient),
    prompts: method.prompts,
    delivery:
      send && recipient && message !== null && secret !== null
        ? {
            send,
            message: {
              to: recipient.address,
              channel: recipient.channel,
              text: message,
              code: secret,
              context: input.passedAlong ?? null,
              idempotencyKey: formatId('challenge', id),
            },
          }
        : null,
  };
}

function factorUuid(id: string): string {
  const uuid = parseId('factor', id);
  if (uuid === null) throw new Error('a known factor has an id of ours');
  return uuid;
}
