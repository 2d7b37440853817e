#!/usr/bin/env node
import { oldNode } from './cli/old-node.ts';

const refusal = oldNode(process.versions.node);
if (refusal !== null) {
  process.stderr.write(`\n${refusal}\n\n`);
  process.exit(1);
}

try {
  const { createProgram } = await import('./cli/program.ts');
  await createProgram().parseAsync();
} catch (error) {
  // It knows every error there is, and so loads what most commands never need.
  const { explain } = await import('./cli/explain.ts');
  process.stderr.write(`\n${explain(error)}\n\n`);
  process.exit(1);
}
