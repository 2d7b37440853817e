import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A network of its own for one process, joined to ours by a pair of links that can be taken down. */
export interface Namespace extends AsyncDisposable {
  /** Our end of the pair, for what listens here. */
  readonly near: string;
  /** Its end, for what listens there. */
  readonly far: string;
  /** Before the command that is to run inside. */
  readonly prefix: readonly string[];
  link(state: 'up' | 'down'): Promise<void>;
}

const run = promisify(execFile);
const ip = (...args: string[]): Promise<unknown> => run('ip', args);

/** Null where none can be made: without the right to, or without the program. */
export async function openNamespace(): Promise<Namespace | null> {
  // Short, since the kernel allows a link 15 characters, and another run's may be there.
  const name = `cs${process.pid.toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
  const subnet = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}`;
  const [near, far] = [`${subnet}.1`, `${subnet}.2`];
  const inside = (...args: string[]) => ip('netns', 'exec', name, 'ip', ...args);
  const remove = async (): Promise<void> => {
    await ip('netns', 'del', name);
    await ip('route', 'del', 'unreachable', `${subnet}.0/30`).catch(() => undefined);
  };
  try {
    await ip('netns', 'add', name);
  } catch {
    return null;
  }
  try {
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('addr', 'add', `${near}/30`, 'dev', name);
    await ip('link', 'set', name, 'up');
    // While the link is down nothing may take another way, out of this machine.
    await ip('route', 'add', 'unreachable', `${subnet}.0/30`, 'metric', '9999');
    await inside('addr', 'add', `${far}/30`, 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    await inside('link', 'set', 'lo', 'up');
  } catch {
    await remove();
    return null;
  }
  return {
    near,
    far,
    prefix: ['ip', 'netns', 'exec', name],
    async link(state) {
      await ip('link', 'set', name, state);
    },
    [Symbol.asyncDispose]: remove,
  };
}
