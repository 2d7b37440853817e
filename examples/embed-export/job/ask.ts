import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One request with a token. `path` is sent as it stands: `fetch` would tidy up `/reports/annual/../payroll`. */
export async function ask(url: string, token: string, line: string): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const { hostname, port } = new URL(url);
  const headers = { authorization: `Bearer ${token}` };
  const asking = request({ hostname, port, method, path, headers, agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer) };
}
