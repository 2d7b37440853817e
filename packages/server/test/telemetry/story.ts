import { randomBytes } from 'node:crypto';
import type { TestServer } from '../../testing/index.ts';
import { mutate, query } from '../support/http.ts';
import { transferData, wrongCode } from '../support/transfer.ts';
import { issue } from '../support/tokens.ts';

/** What somebody who reads metrics or traces must never find there. */
export interface Story {
  readonly requestId: string;
  readonly secrets: readonly string[];
}

/**
 * A wrong proof, a right one, a consumption, a token that is used and one that is none, over HTTP: everything in it that
 * comes from outside is unlike anything else.
 */
export async function liveThrough(server: TestServer, slug = 'transfer'): Promise<Story> {
  const mark = randomBytes(6).toString('hex');
  const subjectId = `subject-${mark}`;
  const sessionId = `session-${mark}`;
  const address = `address-${mark}@example.org`;
  const data = slug === 'transfer' ? { ...transferData, to: `to-${mark}` } : { to: `to-${mark}` };
  const created = await mutate(server, 'authorizationRequest.create', {
    slug,
    subjectId,
    sessionId,
    data,
    deliverTo: { channel: 'email', address },
    ...(slug === 'transfer' ? {} : { title: `title-${mark}` }),
    idempotencyKey: `key-${mark}`,
  });
  const { id } = created.result as { id: string };
  const [message] = server.inbox.messages(address);
  const code = message?.code ?? '';
  await mutate(server, 'authorizationRequest.grant', { id, proof: { method: 'otp', code: wrongCode(code) } });
  await mutate(server, 'authorizationRequest.grant', { id, proof: { method: 'otp', code } });
  await mutate(server, 'authorizationRequest.consume', { id, slug, subjectId, sessionId, data });
  const { token } = await issue(server, { subjectId, preset: 'subject' });
  const authorization = `Bearer ${token}`;
  await query(server, 'authorizationRequest.list', {}, { headers: { authorization } });
  await query(server, 'authorizationRequest.list', {}, { headers: { authorization: `${authorization}x` } });
  return {
    requestId: id,
    secrets: [mark, code, wrongCode(code), token, server.serviceKey],
  };
}

/** The first secret that is in a text, on its own or as part of a word; undefined when there is none. */
export function leakIn(text: string, { secrets }: Story): string | undefined {
  return secrets.find((secret) =>
    new RegExp(`(?<![0-9])${secret.replaceAll('.', String.raw`\.`)}(?![0-9])`).test(text),
  );
}
