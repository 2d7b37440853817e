import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { answer, answerJson } from '../tell.ts';
import { keyWords } from './words.ts';

/** `countersign keys revoke <kid>`. */
export async function revoke(kid: string, options: InProcessOptions): Promise<void> {
  await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    await inWords(keyWords, () => opened.core.scopedToken.revokeKey(opened.operator, { kid }));
  });
  if (options.json) answerJson({ revoked: kid });
  else
    answer(
      `The key ${kid} is revoked, with every token it has minted: here now, everywhere within a second.`,
    );
}
