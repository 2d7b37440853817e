import { spawn } from 'node:child_process';

interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether somebody sits at the terminal. */
  readonly isTerminal: boolean;
}

/** What opens an address, by platform; the address is its last argument. */
const openers: { readonly [Platform in NodeJS.Platform]?: readonly [string, ...string[]] } = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** The command that shows an address to whoever sits at this machine; null where nobody is known to. */
export function browserCommand(
  url: string,
  { platform, environment, isTerminal }: Desktop,
): readonly [string, ...string[]] | null {
  const { CI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = environment;
  const hasScreen = platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
  const opener = openers[platform];
  if (!isTerminal || CI || SSH_CONNECTION || !hasScreen || opener === undefined) return null;
  return [...opener, url];
}

/** Shows a page of ours in a browser, if that can be done. Nobody waits for it, and its failure is nobody's. */
export function openBrowser(url: string): void {
  const { platform, env: environment, stdout } = process;
  const command = browserCommand(url, { platform, environment, isTerminal: stdout.isTTY });
  if (command === null) return;
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
