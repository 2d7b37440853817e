import { spawn } from 'node:child_process';

export interface Finished {
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

/** Runs a program to its end. With `show` its output goes to the terminal, otherwise it is collected. */
export function run(program: string, args: readonly string[], { show = false } = {}): Promise<Finished> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const finish = (ok: boolean): void =>
      resolve({ ok, output: output.trim(), seconds: (performance.now() - started) / 1000 });
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (status) => finish(status === 0));
  });
}
