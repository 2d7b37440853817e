import { useState, type ReactNode } from 'react';
import type { SessionView } from '../../server/views.ts';
import { tellPerson } from '../page/person.ts';
import { bank } from './bank.ts';
import { leaving } from './queries.ts';

/** The demo has no passwords: who you are is what you choose here. Another person begins with an empty page. */
export function PersonSwitcher({
  session: { person, people },
}: {
  readonly session: SessionView;
}): ReactNode {
  const [chosen, setChosen] = useState<string>(person.id);

  async function become(id: string): Promise<void> {
    const one = people.find((each) => each.id === id);
    if (one === undefined) return;
    setChosen(id);
    try {
      await leaving(() => bank.session.switch.mutate({ person: one.id }));
      sessionStorage.clear();
      tellPerson(one.id);
      location.reload();
    } catch {
      setChosen(person.id);
    }
  }

  return (
    <label className="person">
      <span>Signed in as</span>
      <select value={chosen} onChange={({ target }) => void become(target.value)}>
        {people.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
