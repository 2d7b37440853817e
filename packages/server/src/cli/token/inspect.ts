import { formatId, systemClock, uuidOfTokenId } from '@countersign/core';
import { inspectScopedToken, printScope, type InspectedToken } from '@countersign/core/scoped-token';
import pc from 'picocolors';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { requireOwnSecret } from '../in-process/require-own-secret.ts';
import { moment } from '../moment.ts';
import { StartError } from '../start-error.ts';
import { facts } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';
import { readTokenText } from './read-text.ts';

export interface InspectOptions extends InProcessOptions {
  readonly verify?: true;
}

/**
 * `countersign token inspect`: offline, unless it is to be verified; then it exits with 1 when the token is not
 * active. What it prints is not the token.
 */
export async function inspect(
  argument: string | undefined,
  { verify, ...options }: InspectOptions,
): Promise<void> {
  const token = await readTokenText(argument);
  const inspected = inspectScopedToken(token);
  if (!inspected.ok)
    throw new StartError(
      inspected.reason === 'bad_checksum'
        ? 'This is no scoped token: its checksum is wrong. Was it cut off, or copied with a mistake?'
        : 'This is no scoped token: it is not written as one (cst1…).',
    );
  const active = verify ? await isActive(token, options) : null;
  if (options.json) answerJson(plain(inspected, active));
  else {
    answer(facts(pairsOf(inspected)));
    note(verdictOf(active));
  }
  if (active === false) process.exitCode = 1;
}

async function isActive(token: string, options: InProcessOptions): Promise<boolean> {
  return await inProcess(options, async (opened) => {
    await requireOwnSecret(opened);
    return (await opened.core.scopedToken.introspect(opened.service, { token })).active;
  });
}

function verdictOf(active: boolean | null): string {
  if (active === null)
    return `\n  ${pc.yellow('Not verified:')} anybody can write a token that says anything. --verify asks the database.`;
  return active
    ? `\n  ${pc.green('Active:')} ours, in its time and not revoked.`
    : `\n  ${pc.red('Not active:')} forged, expired, revoked, or for another service than this one.`;
}

function plain({ kid, claims, blocks, restrictions }: InspectedToken, active: boolean | null) {
  const id = formatId('scopedToken', uuidOfTokenId(claims.jti));
  return {
    verified: active === true,
    ...(active !== null && { active }),
    id,
    kid,
    claims,
    blocks,
    restrictions,
  };
}

type Pair = readonly [name: string, lines: string | readonly string[]];

function pairsOf({ kid, claims, blocks, restrictions }: InspectedToken): readonly Pair[] {
  const { startsAt, endsAt, carriers, clientKeys, requests, recipients, delegates } = restrictions;
  const narrowed = blocks.flatMap(({ scp }, index): Pair[] =>
    scp === undefined ? [] : [[`and only (${index + 1})`, scopeLines(scp)]],
  );
  const pairs: readonly Pair[] = [
    ['id', formatId('scopedToken', uuidOfTokenId(claims.jti))],
    ['key', kid],
    ['subject', claims.sub],
    ['service', claims.aud],
    ['session', claims.sid ?? []],
    ['issued', momentOf(claims.iat)],
    ['from', startsAt > claims.iat ? momentOf(startsAt) : []],
    ['until', `${momentOf(endsAt)}${endsAt * 1000 <= systemClock.now().getTime() ? '  expired' : ''}`],
    ['opens', scopeLines(claims.scp)],
    ...narrowed,
    ['recipient', recipients],
    ['delegate', delegates],
    ['comes by', carriersOf(carriers)],
    ['client key', clientKeys],
    ['paid by', requests.map(({ id }) => id)],
  ];
  return pairs.filter(([, lines]) => lines.length > 0);
}

function scopeLines(scope: Parameters<typeof printScope>[0]): readonly string[] {
  const lines = printScope(scope);
  return lines.length === 0 ? ['nothing'] : lines;
}

function carriersOf(letters: string): string {
  const names: Readonly<Record<string, string>> = { h: 'header', w: 'WebSocket', q: 'query parameter' };
  return letters === ''
    ? 'nothing'
    : letters
        .split('')
        .map((letter) => names[letter])
        .join(', ');
}

/** Whatever number a token says, also one that is no date. */
function momentOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : moment(date);
}
