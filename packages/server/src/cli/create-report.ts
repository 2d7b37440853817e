import { createLogger, type LogLevel } from '../log/logger.ts';
import { createHumanReport } from './report-human.ts';
import type { Report } from './report.ts';

export interface ReportOptions {
  readonly json: boolean;
  readonly level: LogLevel | undefined;
}

export function createReport({ json, level }: ReportOptions): Report {
  return json ? createJsonReport(level ?? 'info') : createHumanReport(level ?? 'warn');
}

function createJsonReport(level: LogLevel): Report {
  const logger = createLogger({ level });
  return {
    begin: (mode) => logger.info({ mode, node: process.versions.node }, 'starting'),
    step: ({ name, milliseconds, fields }) => logger.info({ ...fields, milliseconds }, name),
    doors: () => undefined,
    event: ({ id, type, subjectId, slug, about, sequence }) =>
      logger.info({ eventId: id, type, subjectId, slug, about, sequence }, 'event'),
    tell: () => undefined,
    note: (text) => logger.info({}, text),
    onStopping: () => logger.info({}, 'stopping'),
    onFailure: (err) => logger.error({ err }, 'not stopped cleanly'),
    logger,
  };
}
