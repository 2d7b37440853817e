import { useState, type ReactNode } from 'react';
import { Approvals } from './approvals.tsx';
import { Authenticator } from './authenticator.tsx';
import { usePerson } from './person.ts';
import { Tabs, type Tab } from './tabs.tsx';
import { usePhone } from './use-phone.ts';

const names = { ada: 'Ada', nora: 'Nora', emil: 'Emil' } as const;

/** A phone on the desk, or the screen alone on one that is real. */
export function Page(): ReactNode {
  const person = usePerson();
  // Another person’s phone is another phone.
  return <Phone key={person} person={person} />;
}

function Phone({ person }: { readonly person: keyof typeof names }): ReactNode {
  const phone = usePhone(person);
  const [tab, setTab] = useState<Tab>('approvals');
  const whose = `${names[person]}’s phone`;
  return (
    <>
      <div className="phone">
        <header>
          <h1>{whose}</h1>
          <span role="status">{phone.isAway && 'No connection'}</span>
        </header>
        <main>
          {/* Also while the other app is open: a question brings it back. */}
          <div {...panelOf('approvals', tab)}>
            <Approvals phone={phone} onAsked={() => setTab('approvals')} />
          </div>
          <div {...panelOf('authenticator', tab)}>
            {tab === 'authenticator' && <Authenticator person={person} />}
          </div>
          <Tabs tab={tab} onTab={setTab} />
        </main>
      </div>
      <aside className="caption" aria-label="About this phone">
        <p>It shows what the bank is asked to do, and signs exactly that.</p>
        <p>Its key was made in this browser. Nobody can read it, not even this page.</p>
        <p>The digits that it asks for are only on the bank’s screen. They never come here.</p>
      </aside>
    </>
  );
}

function panelOf(one: Tab, shown: Tab) {
  return {
    className: 'panel',
    role: 'tabpanel',
    id: `panel-${one}`,
    'aria-labelledby': `tab-${one}`,
    hidden: one !== shown,
  } as const;
}
