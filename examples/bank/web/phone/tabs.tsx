import type { KeyboardEvent, ReactNode } from 'react';

export type Tab = 'approvals' | 'authenticator';

const tabs = [
  { tab: 'approvals', name: 'Approvals' },
  { tab: 'authenticator', name: 'Authenticator' },
] as const;

interface TabsProps {
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

/** The arrow keys go from one to the other (WAI-ARIA, tabs). */
export function Tabs({ tab, onTab }: TabsProps): ReactNode {
  function move(event: KeyboardEvent<HTMLElement>): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next = tab === 'approvals' ? 'authenticator' : 'approvals';
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label="Apps" onKeyDown={move}>
      {tabs.map((one) => (
        <button
          key={one.tab}
          type="button"
          role="tab"
          id={`tab-${one.tab}`}
          aria-selected={one.tab === tab}
          aria-controls={`panel-${one.tab}`}
          tabIndex={one.tab === tab ? 0 : -1}
          onClick={() => onTab(one.tab)}
        >
          {one.name}
        </button>
      ))}
    </div>
  );
}
