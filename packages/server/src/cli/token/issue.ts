import { CountersignError, type scopedTokenSchema } from '@countersign/core';
import { parseScope } from '@countersign/core/scoped-token';
import { SettingsError } from '../../settings/settings-error.ts';
import { secondsOf } from '../duration.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords, type Words } from '../in-process/in-words.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { moment } from '../moment.ts';
import { facts } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';

export interface IssueOptions extends InProcessOptions {
  readonly subject: string;
  readonly preset?: string;
  readonly scope?: readonly string[];
  readonly maxAge?: string;
  readonly recipient?: string;
  readonly session?: string;
  readonly request?: string;
}

type IssueInput = scopedTokenSchema.IssueInput;

const grantExpected = 'grants such as rpc:qm:invoice.* or http:GET,HEAD:/api/v1/foo/**';

const words: Words = {
  options: {
    subjectId: { option: '--subject', expected: 'a subject id of 1 to 200 characters' },
    preset: { option: '--preset', expected: '"subject" or "device"' },
    scope: { option: '--scope', expected: grantExpected },
    recipient: { option: '--recipient', expected: '1 to 120 characters of printable ASCII' },
    sessionId: {
      option: '--session',
      expected: 'a session id of 1 to 200 characters; with the preset "device" the id of its factor',
    },
    authorizationRequestId: { option: '--request', expected: 'the id of an authorization request: areq_…' },
  },
  reasons: {
    lifetime_too_long: 'A token lives 24 hours at most: --max-age is longer.',
    scope_too_wide: 'A grant of wildcards alone, such as ** or *.*, is not given.',
    not_found: 'The subject has no such authorization request, or it belongs to another session.',
    not_granted: 'The authorization request was not granted.',
    already_consumed: 'The authorization request was used already.',
    execution_window_passed: 'The time to use the authorization request has passed.',
  },
};

/** `countersign token issue`. */
export async function issue({ json, db, ...asked }: IssueOptions): Promise<void> {
  const maxAgeSeconds = secondsOf('--max-age', asked.maxAge);
  if ((asked.preset === undefined) === (asked.scope === undefined))
    throw new SettingsError([
      { setting: '--scope', expected: `${grantExpected}; or --preset, and not both` },
    ]);
  const scope = asked.scope === undefined ? undefined : scopeOf(asked.scope);
  const issued = await inProcess({ json, db }, async (opened) => {
    await requireOwnSecret(opened);
    return await inWords(words, () =>
      opened.core.scopedToken.issue(opened.service, {
        subjectId: asked.subject,
        preset: asked.preset as IssueInput['preset'], // which there are is core's to say
        scope,
        maxAgeSeconds,
        recipient: asked.recipient,
        sessionId: asked.session,
        authorizationRequestId: asked.request,
      }),
    );
  });
  if (json) return answerJson({ ...issued });
  note(
    facts([
      ['id', issued.id],
      ['subject', asked.subject],
      ['opens', asked.scope ?? `what the preset "${asked.preset}" does`],
      ['until', moment(issued.expiresAt)],
    ]),
  );
  note('\nThe token is shown once, and kept nowhere:');
  answer(issued.token ?? '');
}

function scopeOf(grants: readonly string[]): NonNullable<IssueInput['scope']> {
  try {
    return structuredClone(parseScope(grants)) as NonNullable<IssueInput['scope']>;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw new SettingsError([{ setting: '--scope', expected: grantExpected }]);
  }
}
