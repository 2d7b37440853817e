import type {
  decide as decideRight,
  Command,
  RequestEvent,
  Snapshot,
} from '../../src/authorization-request/state.ts';
import type { RequestTerms } from './request-model.ts';
import { specifiedLimits } from './specified-limits.ts';

/** The state machine, or a naive one in its place. */
export type Decide = typeof decideRight;

interface PureCode {
  readonly code: string;
  readonly generation: number;
  readonly until: number;
}

export interface PureRequest {
  snapshot: Snapshot;
  readonly events: string[];
  readonly codes: PureCode[];
}

export interface PureAttempt {
  readonly request: PureRequest;
  readonly command: 'check' | 'grant';
  readonly generation: number;
  readonly right: boolean;
}

/**
 * Requests in memory whose every transition is the state machine's: what the statements are to core, without
 * a database. It keeps codes and attempts that are being judged, and knows no rule.
 */
export class PureSystem {
  readonly #decide: Decide;

  constructor(decide: Decide) {
    this.#decide = decide;
  }

  create(terms: RequestTerms, code: string, until: number): PureRequest {
    const snapshot: Snapshot = {
      state: 'waiting',
      reason: null,
      attemptsLeft: terms.attemptsMax,
      attemptsOpen: 0,
      generation: 1,
      sequence: 2,
      sendsLeft: terms.resendsMax,
      challengesLeft: specifiedLimits.challengesPerRequestMax - 1,
      createdAt: new Date(terms.createdAt),
      expiresAt: new Date(terms.expiresAt),
      executeWithinSeconds: terms.executeWithin / 1000,
      executeBefore: null,
      consumedAt: null,
    };
    return { snapshot, events: ['created', 'challenged'], codes: [{ code, generation: 1, until }] };
  }

  /** The refusal, or null. */
  do(request: PureRequest, command: Command, now: number): string | null {
    const decision = this.#decide(request.snapshot, command, new Date(now));
    if (!decision.ok) return decision.refusal;
    request.snapshot = decision.next;
    request.events.push(...decision.events.map((event: RequestEvent) => event));
    return null;
  }

  send(request: PureRequest, command: Command, now: number, code: string, until: number): string | null {
    const refused = this.do(request, command, now);
    if (refused) return refused;
    const { generation, expiresAt } = request.snapshot;
    request.codes.push({ code, generation, until: Math.min(until, expiresAt.getTime()) });
    return null;
  }

  begin(request: PureRequest, command: 'check' | 'grant', now: number, code: string): PureAttempt | string {
    const refused = this.do(request, { kind: 'reserve' }, now);
    if (refused) return refused;
    const { generation } = request.snapshot;
    const open = request.codes.filter((sent) => sent.generation === generation && now < sent.until).slice(-2);
    return { request, command, generation, right: open.some((sent) => sent.code === code) };
  }

  finish({ request, command, generation, right }: PureAttempt, now: number): string {
    if (!right) return this.do(request, { kind: 'wrong' }, now) ?? 'wrong';
    const kind = command === 'check' ? 'check_right' : 'grant_right';
    const refused = this.do(request, { kind, generation }, now);
    if (!refused) return 'right';
    if (refused === 'superseded') return this.do(request, { kind: 'wrong' }, now) ?? 'wrong';
    const { snapshot } = request;
    request.snapshot = { ...snapshot, attemptsOpen: Math.max(snapshot.attemptsOpen - 1, 0) };
    return refused;
  }
}
