import pc from 'picocolors';
import { printable } from './printable.ts';

const gap = '   ';

/** Rows under their headings, aligned; control characters of what came from outside are shown as such. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(inOneLine));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(gap)}`.trimEnd();
  return [pc.dim(line(headings)), ...cells.map(line)].join('\n');
}

/** Names and their values, one below the other; a value of several lines goes on under itself. */
export function facts(
  pairs: readonly (readonly [name: string, lines: string | readonly string[]])[],
): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs
    .flatMap(([name, lines]) =>
      (typeof lines === 'string' ? [lines] : lines).map(
        (line, index) => `  ${pc.dim((index === 0 ? name : '').padEnd(width))}${gap}${inOneLine(line)}`,
      ),
    )
    .join('\n');
}

function inOneLine(text: string): string {
  return printable(text).replaceAll(/[\n\t]/g, ' ');
}
