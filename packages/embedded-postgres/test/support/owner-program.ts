/**
 * The program of the tests that need a process of its own: one that is killed, that runs as somebody
 * else, that comes second. Started by `start-owner.ts`; reports by message, stops when told to.
 */
import type * as EmbeddedPostgresModule from '../../src/index.ts';
import type { OwnerInput, OwnerReport } from './start-owner.ts';

const input = JSON.parse(process.argv[2] ?? '') as OwnerInput;
// Imported before the user changes: the sources may lie where the other user cannot go.
const { startEmbeddedPostgres, startTemporaryPostgres } = (await import(
  input.module
)) as typeof EmbeddedPostgresModule;
if (input.runAs !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(input.runAs.gid);
  process.setuid?.(input.runAs.uid);
}

const { directory, ...rest } = input.options;
try {
  const postgres = await (directory === undefined
    ? startTemporaryPostgres(rest)
    : startEmbeddedPostgres({ directory, ...rest }));
  const { pid, adopted, startedFresh, directory: used } = postgres;
  report({ ok: true, pid, adopted, startedFresh, directory: used, url: postgres.url() });
  process.once('message', (message) => {
    void (message === 'stop' ? postgres.stop() : Promise.resolve()).then(() => process.exit());
  });
} catch (error) {
  const { code, message } = error as { code: string; message: string };
  report({ ok: false, code, message });
  process.disconnect();
}

function report(message: OwnerReport): void {
  process.send?.(message);
}
