import type { Cluster } from './cluster.ts';
import { socketPort } from './socket-directory.ts';

/** All settings stand on the command line, so that new defaults of ours reach old data directories. */
export function postmasterArguments(cluster: Cluster, socketDirectory: string): string[] {
  const settings = {
    listen_addresses: '', // no TCP at all
    port: String(socketPort),
    unix_socket_directories: `"${socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...cluster.settings,
  };
  return [
    '-D',
    cluster.data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** The same as PostgreSQL notes it in postmaster.opts, to compare a running one with one we would start. */
export function commandLine(cluster: Cluster, socketDirectory: string): string {
  const args = postmasterArguments(cluster, socketDirectory).map((argument) => ` "${argument}"`);
  return cluster.binaries.postgres + args.join('');
}
