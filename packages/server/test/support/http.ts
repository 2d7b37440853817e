import { assertNoCredential } from '@countersign/core/testing';
import { SuperJSON } from 'superjson';
import type { CountersignErrorData } from '../../src/index.ts';
import type { TestServer } from '../../testing/index.ts';

const superjson = new SuperJSON();

/** What came back over the wire, decoded. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when it is a refusal. */
  readonly result: unknown;
  readonly error: { readonly message: string; readonly data: CountersignErrorData } | undefined;
  /** The bytes as text, to look for what must not be in them. */
  readonly text: string;
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  if (!response.ok) assertNoCredential('an error', [text]);
  const parsed = (text === '' ? {} : JSON.parse(text)) as {
    error?: { json: Answer['error'] };
    result?: { data: Parameters<typeof superjson.deserialize>[0] };
  };
  return {
    status: response.status,
    headers: response.headers,
    result: parsed.result && superjson.deserialize(parsed.result.data),
    error: parsed.error?.json,
    text,
  };
}

/** A body exactly as given, as the service. */
export async function post(
  server: TestServer,
  path: string,
  body: NonNullable<RequestInit['body']>,
  init: RequestInit = {},
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    ...server.credential,
    ...(init.headers as Record<string, string>),
  };
  return await read(await fetch(`${server.url}/trpc/${path}`, { method: 'POST', body, ...init, headers }));
}

/** A mutation, as the service. */
export async function mutate(
  server: TestServer,
  path: string,
  input: unknown,
  init: RequestInit = {},
): Promise<Answer> {
  return await post(server, path, JSON.stringify(superjson.serialize(input)), init);
}

/** A query, as the service. */
export async function query(
  server: TestServer,
  path: string,
  input?: unknown,
  init: RequestInit = {},
): Promise<Answer> {
  const search =
    input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(superjson.serialize(input)))}`;
  const headers = { ...server.credential, ...(init.headers as Record<string, string>) };
  return await read(await fetch(`${server.url}/trpc/${path}${search}`, { ...init, headers }));
}
