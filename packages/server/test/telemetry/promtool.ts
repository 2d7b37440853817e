import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Said {
  readonly code: number;
  readonly said: string;
}

/** Runs the tool that comes with Prometheus. */
export async function promtool(args: readonly string[], input = ''): Promise<Said> {
  const child = spawn('promtool', args);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}
