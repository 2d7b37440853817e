import type { scopedTokenSchema } from '@countersign/core';
import type { z } from 'zod';
import type { TestServer } from '../../testing/index.ts';

type Issue = z.input<typeof scopedTokenSchema.issueInput>;

export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** A token of ada's, as the service issues it. */
export async function issue(
  { cs }: Pick<TestServer, 'cs'>,
  input: Partial<Issue> & Pick<Issue, 'scope' | 'preset'>,
): Promise<IssuedToken> {
  const { core } = cs;
  const issued = await core.scopedToken.issue(core.context({ kind: 'service' }), {
    subjectId: 'ada',
    ...input,
  });
  if (issued.token === null) throw new Error('no token was issued');
  return { ...issued, token: issued.token };
}

/** As a header, and as connection parameters. */
export function bearer(token: string, scheme = 'Bearer'): { readonly authorization: string } {
  return { authorization: `${scheme} ${token}` };
}
