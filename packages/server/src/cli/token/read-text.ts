import { SettingsError } from '../../settings/settings-error.ts';

/** Far more than a token has; what follows is not read. */
const charactersMax = 100_000;

/**
 * A token from the argument, or from standard input.
 *
 * @throws SettingsError when there is neither: a terminal is not waited for.
 */
export async function readTokenText(argument: string | undefined): Promise<string> {
  const text = argument ?? (process.stdin.isTTY ? '' : await readInput());
  if (text.trim() === '')
    throw new SettingsError([
      { setting: 'token', expected: 'a scoped token (cst1…) as an argument or on standard input' },
    ]);
  return text.trim();
}

async function readInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > charactersMax) break;
  }
  return text;
}
