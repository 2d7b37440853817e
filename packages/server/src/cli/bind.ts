import { listen, type HttpListener } from '../http/listen.ts';
import { StartError } from './start-error.ts';

export const defaultPort = 4020;
const portsTried = 20;

export interface Bound extends HttpListener {
  /** Whether the default port was taken and this is another one. */
  readonly moved: boolean;
}

/**
 * Binds the port before anything else begins. One that was asked for is that one or an error; only the
 * default moves on to the next free one.
 *
 * @throws StartError when the port is taken, or may not be used.
 */
export async function bind(port: number | undefined, host: string): Promise<Bound> {
  const candidates =
    port === undefined ? Array.from({ length: portsTried }, (_, index) => defaultPort + index) : [port];
  for (const candidate of candidates) {
    try {
      return { ...(await listen({ port: candidate, host })), moved: candidate !== candidates[0] };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE')
        throw new StartError(`Cannot listen on ${host}, port ${candidate}: ${code ?? 'unknown reason'}.`, {
          cause: error,
        });
    }
  }
  throw new StartError(
    port === undefined
      ? `The ports ${defaultPort} to ${defaultPort + portsTried - 1} are all taken. Choose a free one with --port.`
      : `Port ${port} is taken by another program. Choose another one with --port, or stop that program.`,
  );
}
