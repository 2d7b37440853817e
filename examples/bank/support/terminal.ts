import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** Settings of whoever runs the tests must not reach what is typed here; npm's own, such as its registry, do. */
const foreign =
  /^(?:DATABASE_URL|COUNTERSIGN_.*|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|NODE_COMPILE_CACHE|VITEST.*|npm_(?!config_).*)$/;

/** A terminal in which one command was typed. */
export interface Terminal {
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the first match in what is printed, and the seconds since the command was typed. */
  prints(pattern: RegExp): Promise<{ readonly text: string; readonly seconds: number }>;
  secondsSinceTyped(): number;
  /** Ctrl-C; resolves when the command has ended. */
  interrupt(): Promise<void>;
}

/**
 * Types a command at a real terminal, by script(1), in which Ctrl-C is a key: the kernel then signals every process in
 * front of it at once, as no `kill` does.
 */
export function openTerminal(command: string, folder: string): Terminal {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const args =
    process.platform === 'darwin'
      ? ['-qe', '/dev/null', ...command.split(' ')]
      : ['-qefc', `exec ${command}`, '/dev/null'];
  const typedAt = performance.now();
  const script = spawn('script', args, {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(script, 'exit');
  const secondsSinceTyped = (): number => (performance.now() - typedAt) / 1000;
  const waiting = new Set<() => void>();
  let printed = '';
  const output = (): string => stripVTControlCharacters(printed).replaceAll('\r', '');
  script.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    for (const look of waiting) look();
  });

  return {
    output,
    secondsSinceTyped,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(output());
          if (found === null) return;
          waiting.delete(look);
          resolve({ text: found[1] ?? found[0], seconds: secondsSinceTyped() });
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without ${pattern}:\n${output()}`)));
      }),
    async interrupt() {
      if (script.exitCode === null && script.signalCode === null) script.stdin.write('\u0003');
      await ended;
    },
  };
}
