import type { Logger } from '@countersign/core';
import { pino, stdTimeFunctions } from 'pino';
import { redact, redactLine } from './redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go; default standard output. */
  readonly write?: (line: string) => void;
}

/**
 * Structured lines, one JSON object each, through which no secret passes: by the name of its field at any
 * depth, and by the look of a credential anywhere in the line.
 */
export function createLogger({ level, write }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => redact(fields) as Record<string, unknown>,
    },
    serializers: { err: (value: unknown) => value },
    hooks: { streamWrite: redactLine },
  };
  return write === undefined
    ? pino(options, pino.destination({ fd: 1, sync: true }))
    : pino(options, { write });
}
