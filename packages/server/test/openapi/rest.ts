import { assertNoCredential } from '@countersign/core/testing';
import type { Problem } from '../../src/error/problem.ts';
import type { TestServer } from '../../testing/index.ts';

/** What plain HTTP answered. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of a result. */
  readonly result: unknown;
  /** The document of a refusal. */
  readonly problem: Problem;
  readonly text: string;
}

export async function readRest(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  if (!response.ok) assertNoCredential('an error', [text]);
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    result: response.ok ? json : undefined,
    problem: (response.ok ? undefined : json) as Problem,
    text,
  };
}

/** A query, as the service; what is undefined is left out, a list is repeated. */
export async function restGet(
  server: Pick<TestServer, 'url' | 'credential'>,
  procedure: string,
  search = '',
  init: RequestInit = {},
): Promise<RestAnswer> {
  const headers = { ...server.credential, ...(init.headers as Record<string, string>) };
  const url = `${server.url}/api/v1/${procedure.replace('.', '/')}${search}`;
  return await readRest(await fetch(url, { ...init, headers }));
}

/** A mutation, as the service. A text is sent as it is. */
export async function restPost(
  server: Pick<TestServer, 'url' | 'credential'>,
  procedure: string,
  input: unknown,
  init: RequestInit = {},
): Promise<RestAnswer> {
  const headers = {
    'content-type': 'application/json',
    ...server.credential,
    ...(init.headers as Record<string, string>),
  };
  const url = `${server.url}/api/v1/${procedure.replace('.', '/')}`;
  const body = typeof input === 'string' ? input : JSON.stringify(input);
  return await readRest(await fetch(url, { method: 'POST', body, ...init, headers }));
}
