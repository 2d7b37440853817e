import type { serviceKeySchema } from '@countersign/core';
import type { z } from 'zod';
import { durationExpected, secondsOf } from '../duration.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords, type Words } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { moment } from '../moment.ts';
import { facts } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';

export interface CreateOptions extends InProcessOptions {
  readonly title: string;
  readonly role: string;
  readonly expiresIn?: string;
}

const words: Words = {
  options: {
    title: { option: '--title', expected: 'a text of 1 to 100 characters' },
    role: { option: '--role', expected: '"service" or "operator"' },
    expiresInSeconds: { option: '--expires-in', expected: `${durationExpected}, ten years at most` },
  },
};

/** `countersign service-key create`: how the first operator of an installation comes into being. */
export async function create({ title, role, expiresIn, ...options }: CreateOptions): Promise<void> {
  const expiresInSeconds = secondsOf('--expires-in', expiresIn);
  // What the role may be is core's to say.
  const input = { title, role, expiresInSeconds } as z.input<typeof serviceKeySchema.createInput>;
  const { key, ...made } = await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    return await inWords(words, () => opened.core.serviceKey.create(opened.operator, input));
  });
  if (options.json) return answerJson({ key, ...made });
  note(
    facts([
      ['id', made.id],
      ['title', made.title],
      ['role', made.role],
      ['until', made.expiresAt === null ? 'it is revoked' : moment(made.expiresAt)],
    ]),
  );
  note('\nThe key is shown once, and kept nowhere:');
  answer(key ?? '');
}
