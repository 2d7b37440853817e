// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from outside, for a terminal, which would obey the control characters in it. Line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replace(obeyed, '\ufffd');
}
