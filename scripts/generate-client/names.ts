import { states } from '../../packages/core/src/authorization-request/schema.ts';
import { bindings } from '../../packages/core/src/binding.ts';
import { aboutKinds, eventTypes } from '../../packages/core/src/event/catalog.ts';

/** `authorizationRequest`, `check_failed` → `AuthorizationRequest`, `CheckFailed` */
export function pascalCase(name: string): string {
  return name
    .split(/[._-]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}

/** `AuthorizationRequest` → `authorizationRequest` */
export function camelCase(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

interface NamedChoice {
  readonly name: string;
  readonly doc: string;
  readonly values: readonly string[];
}

/** Closed lists that have a name of their own wherever they occur. */
export const namedChoices: readonly NamedChoice[] = [
  {
    name: 'AuthorizationRequestState',
    doc: 'Where a request stands. `waiting` is the one that still changes.',
    values: states,
  },
  {
    name: 'Binding',
    doc: 'How strongly a proof is tied to the data of the operation, weakest first: `none` (an authenticator app knows nothing of it), `server` (the message that carried the code showed it), `cryptographic` (a key signed its hash).',
    values: bindings,
  },
  { name: 'AboutKind', doc: 'What an event can be about.', values: aboutKinds },
];

/** Declared with the events themselves. */
const eventType: NamedChoice = { name: 'EventType', doc: '', values: eventTypes };

/** The name of a closed list, if it has one. */
export function nameOfChoice(values: readonly unknown[]): string | undefined {
  return [...namedChoices, eventType].find(
    (choice) =>
      choice.values.length === values.length && choice.values.every((value) => values.includes(value)),
  )?.name;
}
