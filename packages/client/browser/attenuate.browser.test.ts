import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { answerOfPage } from './page.ts';

interface Vector {
  readonly block_jsons: readonly string[];
  readonly tokens: readonly string[];
}

const program = `
import { attenuate } from '@countersign/client';

async function narrow() {
  const { vectors } = await (await fetch('/vectors')).json();
  return await Promise.all(
    vectors.map(async ({ tokens, block_jsons: blocks }) => {
      const narrowed = [tokens[0]];
      for (const json of blocks) narrowed.push(await attenuate(narrowed.at(-1), JSON.parse(json)));
      return narrowed;
    }),
  );
}
const answer = await narrow().catch((error) => String(error));
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
`;

it('narrows a token in a page to the text that core makes of it', async () => {
  const file = new URL('../../core/test/scoped-token/vectors/scoped-token.json', import.meta.url);
  const json = await readFile(file, 'utf8');
  const { vectors } = JSON.parse(json) as { vectors: Vector[] };
  const made = await answerOfPage(program, ({ url }) => (url === '/vectors' ? Promise.resolve(json) : null));
  expect(made).toEqual(vectors.map(({ tokens }) => tokens));
});
