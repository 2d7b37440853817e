#!/usr/bin/env node
import { createProgram } from './cli/program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  // It knows every error there is, and so loads what most commands never need.
  const { explain } = await import('./cli/explain.ts');
  process.stderr.write(`\n${explain(error)}\n\n`);
  process.exit(1);
}
