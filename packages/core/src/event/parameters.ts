import type { CoreContext } from '../context.ts';
import type { EventParameters } from './append.ts';
import type { EventData, EventType } from './catalog.ts';

/** What every appending statement is told: when, by whom, and what the caller passed along. */
export function eventParametersOf(context: CoreContext, now: Date, passedAlong: unknown): EventParameters {
  return {
    now,
    eventContext: passedAlong === undefined ? null : JSON.stringify(passedAlong),
    by: context.actor.kind,
  };
}

/** A payload that is complete before its row is, as JSON text; the compiler holds it to the catalogue. */
export function eventData<Type extends EventType>(_type: Type, data: EventData<Type>): string {
  return JSON.stringify(data);
}
