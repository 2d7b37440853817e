import type { Core } from '@countersign/core';
import { SettingsError } from '../../settings/settings-error.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords, type Words } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { answer, answerJson } from '../tell.ts';

export interface RevokeOptions extends InProcessOptions {
  readonly delegate?: string;
  readonly session?: string;
  readonly subject?: string;
  readonly request?: string;
}

type Ended = Awaited<ReturnType<Core['scopedToken']['revoke']>>;

const words: Words = {
  options: {
    id: { option: 'id', expected: 'the id of a token: cst_…' },
    delegateId: { option: '--delegate', expected: 'a name of 1 to 64 characters' },
    sessionId: { option: '--session', expected: 'a session id of 1 to 200 characters' },
    subjectId: { option: '--subject', expected: 'a subject id of 1 to 200 characters' },
    authorizationRequestId: { option: '--request', expected: 'the id of a request: areq_…' },
  },
  reasons: {
    not_found:
      'There is nothing of that id. A token is called cst_…, which is not the token itself; a request areq_….',
  },
};

/** `countersign token revoke`. */
export async function revoke(
  id: string | undefined,
  { delegate, session, subject, request, ...options }: RevokeOptions,
): Promise<void> {
  if ([id, session, subject, request].filter((value) => value !== undefined).length !== 1)
    throw new SettingsError([
      {
        setting: 'token revoke',
        expected: 'one of: the id of a token (cst_…), --session, --subject, --request',
      },
    ]);
  if (delegate !== undefined && id === undefined)
    throw new SettingsError([{ setting: '--delegate', expected: 'to come with the id of its token' }]);
  const input = {
    id,
    delegateId: delegate,
    sessionId: session,
    subjectId: subject,
    authorizationRequestId: request,
  };
  const ended = await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    return await inWords(words, () => opened.core.scopedToken.revoke(opened.service, input));
  });
  if (options.json) answerJson(ended);
  else answer(`${sentence(ended, delegate)} In force here now, on every server within a second.`);
}

/** A session or a subject is revoked whether or not we know a token of it. */
function sentence({ revoked, tokenEnded }: Ended, delegate: string | undefined): string {
  if (tokenEnded) return 'That was one delegate too many: the token has ended, with all of them.';
  if (revoked === 0) return 'No token that we know of was left to end.';
  if (delegate !== undefined) return 'What this delegate holds has ended; the token goes on.';
  return revoked === 1 ? 'One token has ended.' : `${revoked} tokens have ended.`;
}
