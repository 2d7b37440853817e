import { existsSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** What is written above the function that does the work. */
export interface OperationComment {
  readonly description: string;
  /** What follows `@throws CountersignError`; empty when nothing does. */
  readonly refusals: string;
}

/** Where core manages what a group is about, and not in a folder of that name. */
const foldersOfGroups: Readonly<Record<string, string>> = {
  factor: 'factor-management',
  device: 'factor-management/device',
  operator: 'subject',
};

/**
 * The comment of `authorizationRequest.create` stands in packages/core/src/authorization-request/create.ts:
 * the path of a procedure is the path of its file. Where there is none, the procedure's own comment is taken.
 */
export function operationComment(procedure: string): OperationComment {
  const path = pathOf(procedure);
  const [group = '', verb = ''] = path.split('/');
  const file = [
    `packages/core/src/${foldersOfGroups[group] ?? group}/${verb}.ts`,
    `packages/core/src/${path}.ts`,
    `packages/server/src/procedures/${path}.ts`,
  ].find((each) => existsSync(each));
  if (file === undefined) throw new Error(`${procedure} has no file of its own`);
  return readComment(file);
}

/** What it does, in the sentence above the procedure itself: packages/server/src/procedures/authorization-request/create.ts. */
export function procedureSummary(procedure: string): string {
  return readComment(`packages/server/src/procedures/${pathOf(procedure)}.ts`).description;
}

function pathOf(procedure: string): string {
  return procedure.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('.', '/');
}

function readComment(file: string): OperationComment {
  const text = readFileSync(file, 'utf8');
  const { program, comments } = parseSync(file, text);
  const documented = program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || !doesWork(statement)) return [];
    const { start } = statement;
    const comment = comments.findLast(({ end }) => end < start && text.slice(end, start).trim() === '');
    return comment?.value.startsWith('*') ? [comment.value] : [];
  });
  const [comment] = documented;
  if (comment === undefined) throw new Error(`${file} has no commented export`);
  const lines = comment
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim());
  const [description = '', ...tags] = lines.join('\n').split(/\n(?=@)/);
  const refusals = tags.find((tag) => tag.startsWith('@throws CountersignError')) ?? '';
  return {
    description: flowing(description),
    refusals: flowing(refusals.replace('@throws CountersignError', '')).replace(
      'what `authorizeManagement` refuses by',
      'those of every change of factors: `forbidden`, and from a subject `authorization_required`, `method_unavailable`, `rate_limited`',
    ),
  };
}

/** What is exported beside it, such as the type of what it takes, says nothing of it. */
function doesWork({ declaration }: { readonly declaration: { readonly type: string } | null }): boolean {
  return declaration?.type === 'FunctionDeclaration' || declaration?.type === 'VariableDeclaration';
}

/** Paragraphs, each on one line. */
function flowing(text: string): string {
  return text
    .trim()
    .split(/\n\n+/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n\n');
}
