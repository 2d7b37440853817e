import { useSyncExternalStore } from 'react';
import type { PhoneView } from '../../server/views.ts';
import { onPerson, personTold } from '../page/person.ts';

type Person = PhoneView['subjectId'];

const persons = ['ada', 'nora', 'emil'] as const satisfies readonly Person[];

/** Whose phone this is: of who is signed in at the bank in this browser, at first Ada. */
export function usePerson(): Person {
  const told = useSyncExternalStore(onPerson, personTold);
  return persons.find((person) => person === told) ?? 'ada';
}
