import type { AuthorizationRequestView } from '@countersign/core';
import type { VirtualPhone } from '@countersign/core/testing';
import type { Countersign } from '../../src/countersign.ts';
import { idOf, type RequestOrId } from './request-or-id.ts';

/** No prompt is on this phone, where it was to answer one. */
export class NoPromptWaits extends Error {
  override readonly name = 'NoPromptWaits';
}

/** Several prompts are on this phone, and it was not said which one is meant. */
export class AmbiguousPrompt extends Error {
  override readonly name = 'AmbiguousPrompt';
  readonly requests: readonly AuthorizationRequestView[];

  constructor(requests: readonly AuthorizationRequestView[]) {
    const shown = requests.map(({ id, title }) => `${id} (${title})`).join(', ');
    super(`${requests.length} prompts wait on this phone: ${shown}. Say which one: { request }.`);
    this.requests = requests;
  }
}

interface WhichPrompt {
  /** Needed when several wait. */
  readonly request?: RequestOrId;
}

type Granting = Awaited<ReturnType<Device['authorizationRequest']['grant']>>;
type Device = ReturnType<Countersign['createCaller']>;

/** A registered phone with a key of its own, in the hand of its owner. */
export interface TestPhone {
  readonly uuid: string;
  readonly factorId: string;
  /** What it shows, newest first. The digits are never among it: they are on the screen that asked. */
  prompts(): Promise<readonly AuthorizationRequestView[]>;
  /**
   * Types the digits and approves the one prompt that waits. Wrong digits are an answer, `granted: false`, and end the
   * challenge.
   * @throws NoPromptWaits, AmbiguousPrompt
   */
  approve(answer: { readonly digits: string } & WhichPrompt): Promise<Granting>;
  /**
   * Refuses the one prompt that waits, signed: `not_me` is taken as a report.
   * @throws NoPromptWaits, AmbiguousPrompt
   */
  deny(answer?: { readonly reason?: 'declined' | 'not_me' } & WhichPrompt): Promise<AuthorizationRequestView>;
}

/** The device side of a phone that was registered as this factor. */
export function phoneOf(
  cs: Countersign,
  { subjectId, factorId, key }: { subjectId: string; factorId: string; key: VirtualPhone },
): TestPhone {
  const device = cs.createCaller({ kind: 'device', subjectId, factorId });

  async function prompts(): Promise<AuthorizationRequestView[]> {
    const { items } = await device.authorizationRequest.list({ state: 'waiting' });
    // A list tells of no challenge, so each is read.
    const read = await Promise.all(items.map(({ id }) => device.authorizationRequest.get({ id })));
    // Without a factor every device of the person was asked.
    return read.filter(
      ({ challenge }) => challenge?.method === 'device' && (challenge.factorId ?? factorId) === factorId,
    );
  }

  async function promptFor({ request }: WhichPrompt): Promise<AuthorizationRequestView> {
    const waiting = await prompts();
    const meant = request === undefined ? waiting : waiting.filter(({ id }) => id === idOf(request));
    if (meant.length > 1) throw new AmbiguousPrompt(meant);
    const [prompt] = meant;
    if (prompt) return prompt;
    throw new NoPromptWaits(
      request === undefined
        ? 'No prompt waits on this phone. Was its challenge asked for? (authorizationRequest.challenge with method "device")'
        : `The request ${idOf(request)} does not wait on this phone.`,
    );
  }

  return {
    uuid: key.uuid,
    factorId,
    prompts,
    async approve({ digits, ...which }) {
      const prompt = await promptFor(which);
      const proof = { ...key.decide(prompt, 'grant', digits) };
      return await device.authorizationRequest.grant({ id: prompt.id, proof });
    },
    async deny({ reason = 'declined', ...which } = {}) {
      const prompt = await promptFor(which);
      const proof = { ...key.decide(prompt, 'deny') };
      return await device.authorizationRequest.deny({ id: prompt.id, reason, proof });
    },
  };
}
