import { since } from '../cli/elapsed.ts';
import type { Report } from '../cli/report.ts';
import type { Shutdown } from '../cli/shutdown.ts';
import { StartError } from '../cli/start-error.ts';
import type { Demo, DemoSurroundings, OpenDemo } from './demo.ts';

/**
 * Opens a demo, which is closed with the server, and tells what is in it.
 *
 * @throws StartError with what the demo says of why it cannot be opened.
 */
export async function openDemo(
  demo: Demo,
  surroundings: DemoSurroundings,
  report: Report,
  { own }: Shutdown,
): Promise<OpenDemo> {
  const startedAt = performance.now();
  const opening = demo.open(surroundings).catch((cause: unknown): never => {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    throw new StartError(`The demo cannot be opened: ${reason}. Start without it: --no-demo.`, { cause });
  });
  const open = await own(opening, (one) => one.close());
  const { summary } = open;
  report.step({
    name: 'demo data',
    text: summary.join(' · '),
    milliseconds: since(startedAt),
    fields: { summary },
  });
  return open;
}
