import { expect, it } from 'vitest';
import { run } from './run.ts';

it.each([
  'cycle',
  'confirmation',
  'rpc',
  'telemetry',
  'guard',
  'stream',
  'fan-out',
  'growth',
  'token',
  'method',
])(
  'runs the benchmark %s to its end, with nothing lost and nothing refused',
  { timeout: 60_000 },
  async (name) => {
    const args = ['--conditions=@countersign/source', 'bench/main.ts', name, '--short'];
    const { ok, output } = await run('node', args);
    expect(output).toContain(`${name}: `);
    expect(ok, output).toBe(true);
  },
);
