import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StartError } from '../cli/start-error.ts';
import type { Demo } from './demo.ts';

const wayOut = 'Name another one, or start without: --no-demo.';

/**
 * The demo of a module, which is a file, named from the working directory.
 *
 * @throws StartError when there is none, or it exports no demo.
 */
export async function loadDemo(module: string): Promise<Demo> {
  const exported = await importModule(module);
  const demo: unknown = 'demo' in exported ? exported.demo : undefined;
  if (!isDemo(demo))
    throw new StartError(`${module} is no demo: it exports no "demo" with settings and open(). ${wayOut}`);
  return demo;
}

async function importModule(module: string): Promise<object> {
  try {
    return (await import(pathToFileURL(resolve(module)).href)) as object;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new StartError(`The demo ${module} cannot be loaded: ${reason}. ${wayOut}`, { cause: error });
  }
}

function isDemo(value: unknown): value is Demo {
  if (typeof value !== 'object' || value === null) return false;
  const { settings, open } = value as Partial<Record<keyof Demo, unknown>>;
  return typeof settings === 'object' && settings !== null && typeof open === 'function';
}
