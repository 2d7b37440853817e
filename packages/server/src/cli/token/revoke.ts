import { SettingsError } from '../../settings/settings-error.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords, type Words } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { answer, answerJson } from '../tell.ts';

export interface RevokeOptions extends InProcessOptions {
  readonly delegate?: string;
  readonly session?: string;
  readonly subject?: string;
}

const words: Words = {
  options: {
    id: { option: 'id', expected: 'the id of a token: cst_…' },
    delegateId: { option: '--delegate', expected: 'a name of 1 to 64 characters' },
    sessionId: { option: '--session', expected: 'a session id of 1 to 200 characters' },
    subjectId: { option: '--subject', expected: 'a subject id of 1 to 200 characters' },
  },
  reasons: {
    not_found: 'There is no token of that id. It is called cst_… and is not the token itself.',
  },
};

/** `countersign token revoke`. */
export async function revoke(
  id: string | undefined,
  { delegate, session, subject, ...options }: RevokeOptions,
): Promise<void> {
  if ([id, session, subject].filter((value) => value !== undefined).length !== 1)
    throw new SettingsError([
      { setting: 'token revoke', expected: 'one of: the id of a token (cst_…), --session, --subject' },
    ]);
  if (delegate !== undefined && id === undefined)
    throw new SettingsError([{ setting: '--delegate', expected: 'to come with the id of its token' }]);
  const input = { id, delegateId: delegate, sessionId: session, subjectId: subject };
  const { revoked } = await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    return await inWords(words, () => opened.core.scopedToken.revoke(opened.service, input));
  });
  if (options.json) answerJson({ revoked });
  else answer(`${sentence(revoked)} In force here now, on every server within a second.`);
}

/** A session or a subject is revoked whether or not we know a token of it. */
function sentence(revoked: number): string {
  if (revoked === 0) return 'No token that we know of was left to end.';
  return revoked === 1 ? 'One token has ended.' : `${revoked} tokens have ended.`;
}
