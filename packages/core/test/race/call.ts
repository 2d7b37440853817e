import type { Actor, Limits } from '../../src/index.ts';

/** One call of an attack, as it travels to a worker process. The inputs are core's own. */
export interface Call {
  readonly command: Command;
  readonly input: unknown;
  /** Default: the service. */
  readonly actor?: Actor;
}

/** The commands of a request, and the sweep, which decides what time has decided. */
export type Command =
  | 'create'
  | 'get'
  | 'challenge'
  | 'check'
  | 'grant'
  | 'deny'
  | 'cancel'
  | 'reset'
  | 'consume'
  | 'sweep';

/** Who is attacked: core, with its defaults or other limits, or a planted naive version. */
export interface Side {
  readonly implementation: string;
  readonly limits?: Partial<Limits>;
}

export type Outcome =
  | { readonly ok: true; readonly answer: unknown }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly details: Readonly<Record<string, unknown>> | undefined;
      /** Of the error behind the refusal, when PostgreSQL raised one. */
      readonly sqlState: string | undefined;
    };

/** A message that the attacked side handed to its carrier. */
export interface SentMessage {
  readonly to: string;
  readonly key: string;
}

/** Every code that any side of an attack sends: what is raced is its use, not its secrecy. */
export const rightCode = '13572468';

/** The nth wrong code. */
export function wrongCode(n: number): string {
  const code = String(20_000_000 + n);
  return code === rightCode ? '99999999' : code;
}

export function grantCall(id: string, code: string, actor?: Actor): Call {
  return { command: 'grant', input: { id, proof: { method: 'otp', code } }, ...(actor && { actor }) };
}

export function checkCall(id: string, code: string): Call {
  return { command: 'check', input: { id, proof: { method: 'otp', code } } };
}

/** In a word: `granted`, `valid`, `wrong`, `done`, or the reason of the refusal. */
export function verdictOf(outcome: Outcome): string {
  if (!outcome.ok) return outcome.reason;
  const answer = outcome.answer as { granted?: boolean; valid?: boolean } | null;
  if (answer?.granted === true) return 'granted';
  if (answer?.valid === true) return 'valid';
  return answer?.granted === false || answer?.valid === false ? 'wrong' : 'done';
}

/** How often each verdict was given. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const verdict = verdictOf(outcome);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

/** The answer of a call that must have been taken. */
export function answerOf<Answer>(outcome: Outcome | undefined): Answer {
  if (!outcome?.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.answer as Answer;
}
