import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface StartedProgram {
  /** Resolves when `text` has been printed; rejects when the program ends without. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ readonly status: unknown; readonly stdout: string; readonly stderr: string }>;
  readonly pid: number;
  /** Ends it if it still runs: by SIGTERM as a terminal does, or at once. */
  end(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** A program of an example, as its README says. */
export function startProgram(
  file: URL,
  argument: string,
  env: Readonly<Record<string, string>>,
): StartedProgram {
  const args = ['--conditions=@countersign/source', fileURLToPath(file), argument];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  const ended = once(child, 'close').then(([status]: unknown[]) => ({ status, ...output }));
  return {
    ended,
    pid: child.pid ?? 0,
    end: (signal) => void child.kill(signal),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.stdout.includes(text)) resolve();
        };
        look();
        child.stdout.on('data', look);
        void ended.then(({ stderr }) =>
          reject(new Error(`${file.pathname} ended without “${text}”:\n${stderr}`)),
        );
      }),
  };
}
