import type { AuthorizationRequestView, Clock } from '@countersign/core';
import {
  createVirtualAuthenticator,
  createVirtualPasskey,
  createVirtualPhone,
  type VirtualAuthenticator,
  type VirtualPasskey,
} from '@countersign/core/testing';
import { z } from 'zod';
import type { Countersign } from '../../src/countersign.ts';
import type { TestInbox } from '../inbox.ts';
import { approve, type ApprovalMethod } from './approve.ts';
import type { People } from './belongings.ts';
import { phoneOf, type TestPhone } from './phone.ts';
import { idOf, type RequestOrId } from './request-or-id.ts';

export interface TestSubjectOptions {
  /** Of the host's session; default `session-of-<id>`. Null: a call without one, which guards refuse. */
  readonly sessionId?: string | null;
  /** Where one-time codes go; default `<id>@example.test`. Null: nowhere, so that `otp` is no way for this person. */
  readonly email?: string | null;
}

/** A person in a test: who calls, and what they do when they are asked. */
export interface TestSubject {
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly email: string | null;
  /** For `cs.context(ada.actor)`. */
  readonly actor: {
    readonly kind: 'subject';
    readonly subjectId: string;
    readonly sessionId: string | null;
  };
  /** Countersign's own procedures, called by this person. */
  readonly caller: ReturnType<Countersign['createCaller']>;
  /** Each enrolment is one that the service has vouched for, or that the person has confirmed: it proves at once. */
  enrolTotp(): Promise<VirtualAuthenticator>;
  /**
   * @param options.origin of the page that asks; default `https://` and the relying party's id.
   * @throws Error for a page that may have no passkey here.
   */
  enrolPasskey(options?: { readonly origin?: string }): Promise<VirtualPasskey>;
  enrolPhone(options?: { readonly uuid?: string }): Promise<TestPhone>;
  /** Answers the codes; `approve` takes one after the other. */
  enrolRecoveryCodes(): Promise<readonly string[]>;
  /**
   * Says yes, rightly, as far as this session may: asks for the challenge where there is none by this method, and
   * answers it. Without `by`: the way that is open, else the strongest that the person has.
   *
   * @throws ApprovalFailed; TRPCError for what the server refuses.
   */
  approve(
    request: RequestOrId,
    options?: { readonly by?: ApprovalMethod },
  ): Promise<AuthorizationRequestView>;
  /** Says no on the screen that asked. A report, `not_me`, counts only from a phone: `phone.deny`. */
  deny(
    request: RequestOrId,
    options?: { readonly reason?: 'declined' | 'not_me' },
  ): Promise<AuthorizationRequestView>;
}

export interface World {
  readonly cs: Countersign;
  readonly people: People;
  readonly inbox: TestInbox;
  readonly clock: Clock;
}

/** The same person in another session has the same phone and the same mailbox. */
export function subjectOf(
  { cs, people, inbox, clock }: World,
  subjectId: string,
  { sessionId = sessionOf(subjectId), email }: TestSubjectOptions,
): TestSubject {
  const belongings = people.of(subjectId);
  if (email !== undefined) belongings.email = email;
  const actor = { kind: 'subject', subjectId, sessionId } as const;
  const caller = cs.createCaller(actor);
  const service = cs.createCaller({ kind: 'service' });

  return {
    subjectId,
    sessionId,
    get email() {
      return belongings.email;
    },
    actor,
    caller,
    async enrolTotp() {
      const { setup } = await service.factor.create({ subjectId, methodId: 'totp', confirmed: true });
      const app = createVirtualAuthenticator(setup);
      belongings.authenticators.push(app);
      return app;
    },
    async enrolPasskey({ origin: given } = {}) {
      const { factor, confirmation, setup } = await service.factor.create({ subjectId, methodId: 'passkey' });
      const { options } = passkeySetup.parse(setup);
      const rpId = options.rp.id;
      const origin = given ?? `https://${rpId}`;
      const passkey = createVirtualPasskey({ rpId, origin });
      const data = { response: passkey.register(options) };
      const confirmationId = confirmation?.id ?? '';
      const { status } = await service.factor.confirm({ id: factor.id, confirmationId, data });
      if (status !== 'confirmed')
        throw new Error(`No passkey of ${rpId} was taken from ${origin}: is that one of its origins?`);
      belongings.passkeys.push(passkey);
      return passkey;
    },
    async enrolPhone({ uuid = `phone-${belongings.phones.length + 1}` } = {}) {
      const key = createVirtualPhone(uuid);
      const { device } = await service.device.register({ subjectId, uuid, publicKey: key.publicKey });
      const phone = phoneOf(cs, { subjectId, factorId: device.id, key });
      belongings.phones.push(phone);
      return phone;
    },
    async enrolRecoveryCodes() {
      const { setup } = await service.factor.create({ subjectId, methodId: 'recovery-code' });
      const { codes } = recoverySetup.parse(setup);
      belongings.recoveryCodes = codes;
      return codes;
    },
    approve: (request, { by } = {}) => approve({ caller, belongings, inbox, clock }, idOf(request), by),
    deny: (request, { reason } = {}) => caller.authorizationRequest.deny({ id: idOf(request), reason }),
  };
}

/** No longer than an id may be. */
function sessionOf(subjectId: string): string {
  return `session-of-${subjectId}`.slice(0, 200).toWellFormed();
}

const passkeySetup = z.object({ options: z.looseObject({ rp: z.looseObject({ id: z.string() }) }) });
const recoverySetup = z.object({ codes: z.array(z.string()) });
