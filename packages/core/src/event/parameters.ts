import type { CoreContext } from '../context.ts';
import type { EventParameters } from './append.ts';

/** What every appending statement is told: when, by whom, and what the caller passed along. */
export function eventParametersOf(context: CoreContext, now: Date, passedAlong: unknown): EventParameters {
  return {
    now,
    epoch: context.epoch,
    eventContext: passedAlong === undefined ? null : JSON.stringify(passedAlong),
    by: context.actor.kind,
  };
}
