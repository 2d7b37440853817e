import type { EmbeddedPostgres } from '@countersign/embedded-postgres';
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits until nobody holds the other end of its input, then stops PostgreSQL and removes its directory. One that had to
 * keep its data elsewhere (`moved-to`) is left to the next temporary PostgreSQL, which clears away what has no owner.
 */
const script = `
trap '' INT TERM HUP
cat >/dev/null
pid=$1 directory=$2 socket=$3
lock="$directory/data/postmaster.pid"
[ -e "$directory/moved-to" ] && exit 0
[ "$(head -n 1 "$lock" 2>/dev/null)" = "$pid" ] && kill -QUIT "$pid" 2>/dev/null
turns=0
while [ -e "$lock" ] && kill -0 "$pid" 2>/dev/null && [ $turns -lt 200 ]; do
  sleep 0.05
  turns=$((turns + 1))
done
rm -rf "$directory" "$socket"
`;

/**
 * Sees to it that nothing of a temporary PostgreSQL outlives this process, also when no code of ours runs at its end:
 * it was killed, or a worker thread was. The end of a pipe is the one sign that cannot fail to come. A shell waits for
 * it, in a session of its own, so that Ctrl-C does not end it first.
 */
export function watch({ pid, directory, connection }: EmbeddedPostgres): void {
  const shell = spawn('sh', ['-c', script, 'sh', String(pid), directory, connection.host], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell what a killed process leaves is cleared away by the next one, as everywhere else.
  shell.on('error', () => undefined);
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
}
