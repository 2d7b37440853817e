import pc from 'picocolors';
import { printable } from './printable.ts';

const colours: Readonly<Record<string, (text: string) => string>> = { warn: pc.yellow, error: pc.red };

/** A finished, redacted log line, for a person instead of a machine. */
export function logLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const colour = colours[String(level)] ?? pc.dim;
  const rest = Object.keys(fields).length === 0 ? '' : pc.dim(`  ${JSON.stringify(fields)}`);
  const head = `  ${pc.dim(String(time).slice(11, 19))}  ${colour('!')} ${String(msg)}${rest}`;
  return err === undefined ? head : `${head}\n${pc.dim(stackOf(err))}`;
}

function stackOf(error: unknown): string {
  const { stack, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return printable(String(stack ?? message ?? error)).replace(/^/gm, '    ');
}
