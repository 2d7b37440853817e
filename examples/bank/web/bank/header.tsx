import type { ReactNode } from 'react';
import type { SessionView } from '../../server/views.ts';
import { Mark } from '../brand/mark.tsx';
import { PersonSwitcher } from './person-switcher.tsx';
import type { Place } from './place.ts';

const places = [
  { place: 'accounts', name: 'Accounts' },
  { place: 'settings', name: 'Settings' },
] as const;

interface HeaderProps {
  readonly place: Place;
  readonly session: SessionView;
}

export function Header({ place, session }: HeaderProps): ReactNode {
  return (
    <header className="top">
      <a className="brand" href="#accounts">
        <Mark />
        Acme Bank
      </a>
      <nav aria-label="Pages">
        {places.map((one) => (
          <a key={one.place} href={`#${one.place}`} aria-current={one.place === place ? 'page' : undefined}>
            {one.name}
          </a>
        ))}
      </nav>
      <PersonSwitcher session={session} />
    </header>
  );
}
