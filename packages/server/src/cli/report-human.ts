import pc from 'picocolors';
import { createLogger, type LogLevel } from '../log/logger.ts';
import { eventLine, toldLine } from './event-line.ts';
import type { Report } from './report.ts';
import { logLine } from './log-line.ts';
import { countersignVersion } from './version.ts';

const nameWidth = 13;
const textWidth = 58;

/** For the person at the terminal: a few lines, aligned, each saying one thing. */
export function createHumanReport(level: LogLevel): Report {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const logger = createLogger({ level, write: (line) => write(logLine(line)) });
  return {
    begin(mode) {
      const parts = [`countersign ${countersignVersion()}`, `node ${process.versions.node}`, mode];
      write(`\n  ${pc.bold(parts[0])}  ·  ${parts.slice(1).join('  ·  ')}\n`);
    },
    step({ name, text, milliseconds }) {
      const took = milliseconds === undefined ? '' : pc.dim(`${(milliseconds / 1000).toFixed(1)} s`);
      write(`  ${pc.green('✓')} ${name.padEnd(nameWidth)}${text.padEnd(textWidth)}${took}`.trimEnd());
    },
    doors(doors) {
      const width = Math.max(...doors.map(({ at }) => at.length)) + 4;
      write('');
      for (const { name, at, what } of doors)
        write(`  ${name.padEnd(nameWidth + 2)}${pc.cyan(at)}${' '.repeat(width - at.length)}${pc.dim(what)}`);
      write('');
    },
    event: (event, words) => write(eventLine(event, words ?? null)),
    tell: (words) => write(toldLine(words)),
    note: (text) => write(`    ${pc.dim(text)}`),
    onStopping: () => write('\n  Stopping.'),
    onFailure: (err) => logger.error({ err }, 'not stopped cleanly'),
    logger,
  };
}
