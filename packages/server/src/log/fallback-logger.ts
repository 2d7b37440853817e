import type { Logger } from '@countersign/core';
import { createLogger } from './logger.ts';

let logger: Logger | undefined;

/** For what happens where nobody gave a logger: a host that forgot our context still learns why. */
export function fallbackLogger(): Logger {
  return (logger ??= createLogger({ level: 'warn', write: (line) => void process.stderr.write(line) }));
}
