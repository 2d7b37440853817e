import type { AuthorizationRequestView, ChallengeView, Clock } from '@countersign/core';
import type { Countersign } from '../../src/countersign.ts';
import type { TestInbox } from '../inbox.ts';
import type { Belongings } from './belongings.ts';

/** How a person says yes. */
export type ApprovalMethod = 'otp' | 'totp' | 'passkey' | 'device' | 'recovery-code';

/** A person could not approve, or their proof was not accepted. */
export class ApprovalFailed extends Error {
  override readonly name = 'ApprovalFailed';
}

type Caller = ReturnType<Countersign['createCaller']>;

export interface Approving {
  readonly caller: Caller;
  readonly belongings: Belongings;
  readonly inbox: TestInbox;
  readonly clock: Clock;
}

/**
 * What a person does in front of the screen that asked: chooses a way, waits for what it needs, answers rightly.
 *
 * @throws ApprovalFailed when they have not what it takes, or the answer was not taken; TRPCError for what the server
 * refuses.
 */
export async function approve(
  person: Approving,
  id: string,
  by?: ApprovalMethod,
): Promise<AuthorizationRequestView> {
  const request = await person.caller.authorizationRequest.get({ id });
  const method = by ?? firstWay(person.belongings, request);
  const granting = await grant(person, request, method);
  if (granting.granted) return granting.request;
  throw new ApprovalFailed(
    `The proof by ${method} was not accepted; ${granting.attemptsLeft} attempts are left.`,
  );
}

async function grant(person: Approving, request: AuthorizationRequestView, method: ApprovalMethod) {
  const { caller, belongings } = person;
  const { id } = request;
  const { authorizationRequest } = caller;
  switch (method) {
    case 'otp': {
      const challenge = await challengeBy(caller, request, method);
      const message = person.inbox.messages().find(({ about }) => about === id);
      if (message) return await authorizationRequest.grant({ id, proof: { method, code: message.code } });
      throw new ApprovalFailed(
        `The code went to ${challenge.sentTo ?? 'nobody'}, but not through the inbox: give your methods its send, as in methods: ({ send }) => [otp({ send })].`,
      );
    }
    case 'totp': {
      const app = has(belongings.authenticators, 'enrolTotp');
      const code = app.unusedCode(person.clock.now());
      if (code !== null) return await authorizationRequest.grant({ id, proof: { method, code } });
      throw new ApprovalFailed(
        'The authenticator has shown the codes of this half minute already, and each counts once: test.clock.advance({ seconds: 30 }).',
      );
    }
    case 'passkey': {
      const { options } = await challengeBy(caller, request, method);
      has(belongings.passkeys, 'enrolPasskey');
      const passkey = belongings.passkeys.findLast(({ credentialId }) => allows(options, credentialId));
      if (!passkey) throw new ApprovalFailed('None of the passkeys of this test may answer this request.');
      return await authorizationRequest.grant({
        id,
        proof: { method, response: passkey.authenticate(options) },
      });
    }
    case 'device': {
      const { digits, factorId } = await challengeBy(caller, request, method);
      const phone = belongings.phones.findLast((one) => factorId === null || one.factorId === factorId);
      if (!phone || digits === null)
        throw new ApprovalFailed(
          'The device that was asked is no phone of this test: await ada.enrolPhone().',
        );
      return await phone.approve({ digits, request: id });
    }
    case 'recovery-code': {
      const code = has(belongings.recoveryCodes, 'enrolRecoveryCodes');
      const answer = await authorizationRequest.grant({ id, proof: { method, code } });
      belongings.recoveryCodes = belongings.recoveryCodes.filter((other) => other !== code);
      return answer;
    }
  }
}

/** The challenge that is open, if it is one by this method; otherwise it is asked for, as by a choice in the dialog. */
async function challengeBy(
  caller: Caller,
  { id, challenge }: AuthorizationRequestView,
  method: ApprovalMethod,
): Promise<ChallengeView> {
  if (challenge?.method === method) return challenge;
  return await caller.authorizationRequest.challenge({ id, method });
}

/** The way that is open already; otherwise the first of the request for which the person has something. */
function firstWay(belongings: Belongings, { id, challenge, methods }: AuthorizationRequestView) {
  const asked = challenge?.method;
  const way =
    ways.find((one) => one === asked) ?? ways.find((one) => methods.includes(one) && owns(belongings, one));
  if (way !== undefined) return way;
  throw new ApprovalFailed(
    `The request ${id} can be proven by ${methods.join(', ')}, and this person has none of them.`,
  );
}

/** In the order of strength: what is tied to the data first. */
const ways: readonly ApprovalMethod[] = ['passkey', 'device', 'otp', 'totp', 'recovery-code'];

function owns(belongings: Belongings, way: ApprovalMethod): boolean {
  switch (way) {
    case 'passkey':
      return belongings.passkeys.length > 0;
    case 'device':
      return belongings.phones.length > 0;
    case 'totp':
      return belongings.authenticators.length > 0;
    // Whoever can be reached has a mailbox; for the others a request does not name it.
    case 'otp':
      return true;
    case 'recovery-code':
      return belongings.recoveryCodes.length > 0;
  }
}

function has<Thing>(things: readonly Thing[], enrol: string): Thing {
  const thing = things.at(-1);
  if (thing === undefined)
    throw new ApprovalFailed(`This person has none of that: await ada.${enrol}() first.`);
  return thing;
}

/** An empty list allows every passkey (WebAuthn §5.5). */
function allows(options: unknown, credentialId: string): boolean {
  const { allowCredentials = [] } = (options ?? {}) as {
    readonly allowCredentials?: readonly { readonly id: string }[];
  };
  return allowCredentials.length === 0 || allowCredentials.some(({ id }) => id === credentialId);
}
