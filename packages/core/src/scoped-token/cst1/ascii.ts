/**
 * Whether a text is ASCII: then, and only then, its UTF-8 form has as many bytes as it has UTF-16 units.
 * Asked before anything else: written as latin-1, U+0141 would become `A`, and one token would have many
 * spellings.
 */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') === text.length;
}

/** JSON with every other character as `\uxxxx`, in lower case. */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value) ?? '';
  return isAscii(json) ? json : json.replace(/[^\0-\x7f]/g, escape);
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
