import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords, type Words } from '../in-process/in-words.ts';
import { moment } from '../moment.ts';
import { answer, answerJson } from '../tell.ts';

const words: Words = {
  reasons: {
    not_found: 'There is no service key of that id. List them with countersign service-key.',
  },
};

/** `countersign service-key revoke <id>`. One that was revoked before stays so. */
export async function revoke(id: string, options: InProcessOptions): Promise<void> {
  const key = await inProcess(options, ({ core, operator }) =>
    inWords(words, () => core.serviceKey.revoke(operator, { id })),
  );
  if (options.json) answerJson({ ...key });
  else
    answer(`The key ${key.id} is revoked since ${moment(key.revokedAt)}: on every server within a second.`);
}
