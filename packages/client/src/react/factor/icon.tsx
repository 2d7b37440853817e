import type { ReactNode } from 'react';

/** Drawn on 24 by 24, in one line. */
const drawings: Readonly<Record<string, string>> = {
  passkey: 'M12 12a3.75 3.75 0 1 1-7.5 0 3.75 3.75 0 0 1 7.5 0ZM12 12h8.5v3.25M16.75 12v2.5',
  totp: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.2 2',
  otp: 'M4 6.5h16v11H4zM4.5 7l7.5 6 7.5-6',
  device: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM11 18h2',
  'recovery-code': 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 15.5h5',
};
const other = 'M12 3.5 19 6v5.5c0 4.2-2.8 7.3-7 9-4.2-1.7-7-4.8-7-9V6zM9 12l2.2 2.2L15.2 10';

/** Says nothing that the words beside it do not say. */
export function MethodIcon({ method }: { readonly method: string }): ReactNode {
  return (
    <svg className="countersign-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawings[method] ?? other} />
    </svg>
  );
}
