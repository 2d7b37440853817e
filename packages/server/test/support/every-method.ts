import { createInbox } from '../../src/dev/inbox.ts';
import { devMethods } from '../../src/dev/methods.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testing/index.ts';

/** Of the page that asks for passkeys. */
export const pageOrigin = 'http://localhost:4020';

/** A server with every method that comes with Countersign, as `countersign dev` has them. */
export async function startWithEveryMethod(options: TestServerOptions = {}): Promise<TestServer> {
  const inbox = createInbox();
  const methods = devMethods({ send: inbox.send, origins: [pageOrigin] });
  return { ...(await startTestServer({ methods, ...options })), inbox };
}
