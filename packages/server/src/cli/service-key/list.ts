import { systemClock, type ServiceKeyView } from '@countersign/core';
import { inProcess, type InProcess, type InProcessOptions } from '../in-process/open.ts';
import { moment } from '../moment.ts';
import { table } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';

/** `countersign service-key`. */
export async function list(options: InProcessOptions): Promise<void> {
  const serviceKeys = await inProcess(options, everyKey);
  if (options.json) return answerJson({ serviceKeys });
  if (serviceKeys.length === 0)
    return note('There are none yet. Make one with countersign service-key create --title <text>.');
  const now = systemClock.now();
  answer(
    table(
      ['id', 'title', 'role', 'created', 'last used', 'state'],
      serviceKeys.map((key) => [
        key.id,
        key.title,
        key.role,
        moment(key.createdAt),
        key.lastUsedOn ?? '',
        stateOf(key, now),
      ]),
    ),
  );
}

async function everyKey({ core, operator }: InProcess): Promise<readonly ServiceKeyView[]> {
  const keys: ServiceKeyView[] = [];
  let cursor: string | undefined;
  do {
    const page = await core.serviceKey.list(operator, { cursor });
    keys.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return keys;
}

function stateOf({ revokedAt, expiresAt }: ServiceKeyView, now: Date): string {
  if (revokedAt !== null) return `revoked ${moment(revokedAt)}`;
  if (expiresAt === null) return 'in force';
  return `${expiresAt > now ? 'in force until' : 'expired'} ${moment(expiresAt)}`;
}
