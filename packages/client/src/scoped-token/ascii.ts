/** Whether a text is ASCII. Asked before anything else, so that a token has one spelling. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** JSON with every other character as `\uxxxx`, in lower case. */
export function asciiJson(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(/[^\0-\x7f]/g, escape);
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
