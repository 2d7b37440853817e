import { roomIn } from '../database/sql.ts';
import type { Limits } from '../limits.ts';

/**
 * How often devices ring: an attacker with the first factor must not be able to tire somebody into a yes. Counted in
 * the subject's row, where it is locked; a limit that is reached ends the whole statement (see send-limit.ts).
 */
export interface PromptParameters {
  readonly now: Date;
  readonly nowMs: number;
  readonly prompts: boolean;
  readonly promptsWaitingMax: number;
  readonly promptsPerHourMax: number;
  /** When this prompt stops waiting by itself, in ms. */
  readonly promptUntilMs: number;
}

export function promptParametersOf(
  limits: Limits,
  now: Date,
  issued: {
    readonly prompts: boolean;
    readonly parameters: { readonly challengeExpiresAt: Date | null };
  } | null,
): PromptParameters {
  return {
    now,
    nowMs: now.getTime(),
    prompts: issued?.prompts ?? false,
    promptsWaitingMax: limits.promptsWaitingMax,
    promptsPerHourMax: limits.promptsPerHourMax,
    promptUntilMs: (issued?.parameters.challengeExpiresAt ?? now).getTime(),
  };
}

const hourAgo = `(:now::timestamptz - interval '1 hour')`;

const waitingPrompts = `coalesce((SELECT jsonb_object_agg(p.key, p.value) FROM jsonb_each(s.prompts) AS p
    WHERE (p.value->>'until')::bigint > :nowMs::bigint), '{}')`;

/** For `DO UPDATE SET` of `subject_security AS s`: one more prompt, of the request `id` of the operation `slug`. */
export function withPrompt(id: string, slug: string): string {
  return /* sql */ `
    prompted_at = CASE WHEN :prompts::boolean THEN ${roomIn('s.prompted_at', ':promptsPerHourMax::int', hourAgo)} || :now::timestamptz
      ELSE s.prompted_at END,
    prompts = CASE WHEN :prompts::boolean THEN ${waitingPrompts} || ${onePrompt(id, slug)} ELSE s.prompts END`;
}

/** The first prompt of a subject that has no row yet. */
export function onePrompt(id: string, slug: string): string {
  return `jsonb_build_object(${id}::text, jsonb_build_object('slug', ${slug}, 'until', :promptUntilMs::bigint))`;
}

const moment = (milliseconds: string) => `to_timestamp(${milliseconds} / 1000.0)`;

/** For `RETURNING CASE`: ends the statement when this subject is asked no more. */
export function refusePrompts(slug: string): string {
  return /* sql */ `
  WHEN :prompts::boolean AND s.muted_until > :now::timestamptz THEN countersign.refuse('muted', s.muted_until)
  WHEN :prompts::boolean AND cardinality(s.prompted_at) > :promptsPerHourMax::int
    THEN countersign.refuse('prompts_per_hour', s.prompted_at[1] + interval '1 hour')
  WHEN :prompts::boolean AND (SELECT count(*) FROM jsonb_each(s.prompts) AS p WHERE p.value->>'slug' = ${slug}) > 1
    THEN countersign.refuse('prompt_of_operation',
      (SELECT ${moment(`min((p.value->>'until')::bigint)`)} FROM jsonb_each(s.prompts) AS p WHERE p.value->>'slug' = ${slug}))
  WHEN :prompts::boolean AND (SELECT count(*) FROM jsonb_each(s.prompts)) > :promptsWaitingMax::int
    THEN countersign.refuse('prompts_waiting', (SELECT ${moment(`min((p.value->>'until')::bigint)`)} FROM jsonb_each(s.prompts) AS p))`;
}
