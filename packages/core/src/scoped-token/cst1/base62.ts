const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** By character code; -1 for what is no digit. */
const digitOf = new Int8Array(128).map((_, code) => alphabet.indexOf(String.fromCharCode(code)));

/** A whole number in base 62: digits, upper case, lower case; the highest place first. */
export function toBase62(value: number): string {
  let text = '';
  let rest = value;
  do {
    text = alphabet.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}

/** Null for a text of other characters, and beyond what a number holds exactly. Zeros may lead. */
export function fromBase62(text: string): number | null {
  let value = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = digitOf[text.charCodeAt(index)];
    if (digit === undefined || digit < 0) return null;
    value = value * 62 + digit;
  }
  return text.length > 0 && Number.isSafeInteger(value) ? value : null;
}
