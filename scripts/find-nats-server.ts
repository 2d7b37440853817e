import { findProgram } from './find-program.ts';

/** Where Debian puts it, which is on no user's PATH. */
const outsideOfPath = ['/usr/sbin/nats-server'];

/** The server for the NATS tests: NATS_SERVER_PATH alone when it is set, or the first that is on PATH. */
export function findNatsServer(
  { NATS_SERVER_PATH, PATH }: Readonly<NodeJS.ProcessEnv> = process.env,
): string | null {
  return findProgram({ named: NATS_SERVER_PATH, names: ['nats-server'], outsideOfPath, path: PATH });
}
