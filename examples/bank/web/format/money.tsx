import type { ReactNode } from 'react';

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export function moneyOf(cents: number): string {
  return euro.format(cents / 100).replace('-', '−');
}

/** An amount whose cents step back. */
export function Money({ cents }: { readonly cents: number }): ReactNode {
  const text = moneyOf(cents);
  return (
    <span className="money">
      {text.slice(0, -3)}
      <small>{text.slice(-3)}</small>
    </span>
  );
}
