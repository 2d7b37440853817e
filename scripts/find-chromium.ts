import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const outsideOfPath = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The Chromium for the browser tests: CHROMIUM_PATH alone when it is set, or the first that is on PATH. */
export function findChromium(
  { CHROMIUM_PATH, PATH }: Readonly<NodeJS.ProcessEnv> = process.env,
): string | null {
  if (CHROMIUM_PATH !== undefined && CHROMIUM_PATH !== '')
    return isAbsolute(CHROMIUM_PATH) && isProgram(CHROMIUM_PATH) ? CHROMIUM_PATH : null;
  const folders = (PATH ?? '').split(delimiter).filter(isAbsolute);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...outsideOfPath].find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
