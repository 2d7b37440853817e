import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { moment } from '../moment.ts';
import { StartError } from '../start-error.ts';
import { answer, answerJson } from '../tell.ts';
import { keyWords } from './words.ts';

/** `countersign keys rotate`: exits with 1 when the next key is too young to mint, and says from when on it may. */
export async function rotate(options: InProcessOptions): Promise<void> {
  const rotation = await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    return await inWords(keyWords, () => opened.core.scopedToken.rotateKeys(opened.operator));
  });
  if (!rotation.rotated) process.exitCode = 1;
  if (options.json) return answerJson({ ...rotation });
  if (!rotation.rotated)
    throw new StartError(
      `Nothing was changed: not every server may know the next key yet. Rotate after ${moment(rotation.retryAt)}.`,
    );
  answer(`The key ${rotation.activeKid} mints from now on. What the one before has minted stays valid.`);
}
