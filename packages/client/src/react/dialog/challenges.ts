import type { AuthorizationRequest, Challenge } from '../../generated/schema.ts';

/** What was asked, by way: a code that is on its way stays good while another way is looked at. */
export interface Challenges {
  /** Of a request as it stands; it tells of the newest alone. */
  learn(request: AuthorizationRequest): void;
  add(challenge: Challenge): void;
  /** A wrong entry ends what a device was asked. */
  end(method: string): void;
  /** Null where nothing can be answered at this moment of the server's. */
  open(method: string | null, moment: number): Challenge | null;
  wasAsked(method: string): boolean;
}

export function createChallenges(): Challenges {
  const byMethod = new Map<string, Challenge>();
  let last: AuthorizationRequest | null = null;
  return {
    learn(request) {
      // A later expiry is a reset, which has ended all that was asked.
      if (last !== null && request.expiresAt > last.expiresAt) byMethod.clear();
      last = request;
      if (request.challenge) byMethod.set(request.challenge.method, request.challenge);
    },
    add: (challenge) => void byMethod.set(challenge.method, challenge),
    end: (method) => void byMethod.delete(method),
    open(method, moment) {
      const challenge = byMethod.get(method ?? '') ?? null;
      return challenge && challenge.expiresAt.getTime() > moment ? challenge : null;
    },
    wasAsked: (method) => byMethod.has(method),
  };
}
