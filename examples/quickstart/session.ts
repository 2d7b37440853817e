import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Ada's browser keeps while she is signed in. A real bank's page gets it over HTTPS, after her sign-in. */
export interface Session {
  readonly subjectId: string;
  /** A scoped token: good for what is her own, for some minutes. */
  readonly token: string;
}

const file = join(tmpdir(), 'countersign-example-session.json');

export async function keepSession(session: Session): Promise<void> {
  await writeFile(file, JSON.stringify(session), { mode: 0o600 });
}

export async function readSession(): Promise<Session> {
  return JSON.parse(await readFile(file, 'utf8')) as Session;
}
