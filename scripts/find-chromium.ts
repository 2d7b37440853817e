import { findProgram } from './find-program.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const outsideOfPath = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The Chromium for the browser tests: CHROMIUM_PATH alone when it is set, or the first that is on PATH. */
export function findChromium(
  { CHROMIUM_PATH, PATH }: Readonly<NodeJS.ProcessEnv> = process.env,
): string | null {
  return findProgram({ named: CHROMIUM_PATH, names, outsideOfPath, path: PATH });
}
