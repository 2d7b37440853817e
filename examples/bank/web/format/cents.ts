/** Cents of what a person writes: `2500`, `2,500.00`, `2.500,00`; null for what is no amount. */
export function centsOf(text: string): number | null {
  const plain = text.replaceAll(/[\s€]/g, '');
  const parts = /^(\d+|[1-9]\d{0,2}(?:[.,]\d{3})+)(?:[.,](\d{1,2}))?$/.exec(plain);
  if (parts === null) return null;
  const [, whole = '', part = ''] = parts;
  const cents = Number(whole.replaceAll(/[.,]/g, '')) * 100 + Number(part.padEnd(2, '0'));
  return Number.isSafeInteger(cents) && cents > 0 ? cents : null;
}
