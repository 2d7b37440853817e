import { refuseInput } from '../error/refuse-input.ts';
import { readJson } from '../guard/http/read-json.ts';

/**
 * The input of a mutation: the JSON of its body, and the header `Idempotency-Key` for who has it from his framework.
 * Whether the procedure takes a key at all is its schema's to say: one that is not heeded would promise too much.
 *
 * @throws TRPCError, CountersignError as `readJson`; `invalid_input` for two keys.
 */
export async function readMutation(request: Request): Promise<unknown> {
  if (new URL(request.url).search !== '') throw refuseInput('belongs into the body: this URL takes no query');
  const body = await readJson(request);
  const key = keyOf(request.headers);
  if (key === null || typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const said = Object.hasOwn(body, 'idempotencyKey')
    ? (body as { idempotencyKey: unknown }).idempotencyKey
    : key;
  if (said !== key)
    throw refuseInput('is another one than the header Idempotency-Key has', ['idempotencyKey']);
  return { ...body, idempotencyKey: key };
}

/** A string in the words of RFC 9651, as the draft of the header has it, or the bare text that most clients send. */
function keyOf(headers: Headers): string | null {
  const value = headers.get('idempotency-key');
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value ?? '') ?? [];
  return quoted === undefined ? value : quoted.replace(/\\(["\\])/g, '$1');
}
