import { freeUpToCents } from '../operations.ts';
import type { Bank } from './bank.ts';
import { people, personIds, type PersonId } from './directory.ts';
import { Person } from './entities.ts';
import type { PersonView, SessionView } from './views.ts';

export async function sessionViewOf({ orm, service }: Bank, id: PersonId): Promise<SessionView> {
  const { email } = await orm.em.fork().findOneOrFail(Person, { id });
  const devices = await service.device.list({ subjectId: id });
  return {
    person: { ...personViewOf(id), email },
    people: personIds.map(personViewOf),
    freeUpToCents,
    hasPhone: devices.some(({ isActive }) => isActive),
  };
}

function personViewOf(id: PersonId): PersonView {
  const { name, firstName } = people[id];
  return { id, name, firstName };
}
