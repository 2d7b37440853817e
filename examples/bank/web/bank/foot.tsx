import type { ReactNode } from 'react';

const doors = [
  { path: '/split', name: 'Bank and phone, side by side' },
  { path: '/phone', name: 'Phone' },
  { path: '/inbox', name: 'Inbox' },
] as const;

/** The rest of the demo. Beside the phone, a door opens in place of both. */
export function Foot(): ReactNode {
  return (
    <footer className="foot">
      <p>Acme Bank is a demo of Countersign. No money moves.</p>
      {doors.map(({ path, name }) => (
        <a key={path} href={path} target="_top">
          {name}
        </a>
      ))}
    </footer>
  );
}
