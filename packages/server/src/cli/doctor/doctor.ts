import pc from 'picocolors';
import type { InProcessOptions } from '../in-process/open.ts';
import { printable } from '../printable.ts';
import { answer, answerJson } from '../tell.ts';
import { examine } from './examine.ts';
import { counted, type Finding } from './finding.ts';

/** `countersign doctor`: exits with 1 when something has to be done. Changes nothing. */
export async function doctor(options: InProcessOptions): Promise<void> {
  const findings = await examine(options);
  const problems = findings.filter(({ state }) => state === 'problem').length;
  if (options.json) answerJson({ ok: problems === 0, findings });
  else answer([...findings.map(lines), '', `  ${verdict(problems)}`].join('\n'));
  if (problems > 0) process.exitCode = 1;
}

const nameWidth = 13;
const marks: Readonly<Record<Finding['state'], string>> = {
  ok: pc.green('✓'),
  note: pc.yellow('!'),
  problem: pc.red('✗'),
};

function lines({ name, state, says, wayOut }: Finding): string {
  const line = `  ${marks[state]} ${name.padEnd(nameWidth)}${inOneLine(says)}`;
  return wayOut === undefined ? line : `${line}\n    ${' '.repeat(nameWidth)}${pc.dim(inOneLine(wayOut))}`;
}

/** Names of applications and slots come from whoever gave them. */
function inOneLine(text: string): string {
  return printable(text).replaceAll(/[\n\t]/g, ' ');
}

function verdict(problems: number): string {
  return problems === 0 ? pc.green('Nothing has to be done.') : pc.red(`${counted(problems, 'problem')}.`);
}
