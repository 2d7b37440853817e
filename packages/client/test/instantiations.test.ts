import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import ts from 'typescript-6';

const folder = new URL('.', import.meta.url).pathname;

const oneLine = `createTRPCClient<CountersignRouter>({ links: [] }).authorizationRequest.get.query({ id: 'areq_1' })`;
const trpc = "import { createTRPCClient } from '@trpc/client';";

/** The same line by three ways to the types. */
const consumers = {
  inferred: `${trpc} import type { CountersignRouter } from '@countersign/server'; export const request = ${oneLine};`,
  generated: `${trpc} import type { CountersignRouter } from '@countersign/client'; export const request = ${oneLine};`,
  sdk: `import type { CountersignClient } from '@countersign/client'; declare const client: CountersignClient; export const request = client.authorizationRequest.get({ id: 'areq_1' });`,
};

/** The libraries are parsed once for the three programs; a parsed file knows nothing of its program. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * What an editor asks of the compiler for this one file: instantiations of types, a count that is the same on
 * every machine. (TypeScript 7 has no such interface; its counts are of the same order.)
 */
function countInstantiations(text: string): number {
  const file = join(folder, 'one-line.ts');
  const { options } = ts.parseJsonConfigFileContent(
    { extends: '../tsconfig.json', files: [] },
    ts.sys,
    folder,
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, language) => {
    if (path === file) return ts.createSourceFile(path, text, language);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, language));
    return parsed.get(path);
  };
  const program = ts.createProgram([file], options, host);
  const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  return program.getInstantiationCount();
}

describe('a line of a consumer', () => {
  it('costs its compiler at most a twentieth of what the inferred router costs', { timeout: 120_000 }, () => {
    const inferred = countInstantiations(consumers.inferred);
    const generated = countInstantiations(consumers.generated);
    const sdk = countInstantiations(consumers.sdk);
    console.log(
      `type instantiations of one line: ${inferred} inferred, ${generated} generated (1/${Math.round(inferred / generated)}), ${sdk} by the SDK`,
    );
    expect(inferred).toBeGreaterThan(10_000); // the router was really inferred
    expect(generated).toBeLessThanOrEqual(inferred / 20);
    expect(sdk).toBeLessThanOrEqual(generated);
  });
});
