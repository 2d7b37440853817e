export const server = process.argv[2] ?? 'http://localhost:4020';
/** The bank's own credential. */
const serviceKey = process.env.COUNTERSIGN_SERVICE_KEY ?? '';

/** What this program looks at in the answers. */
interface Answers {
  'scopedToken.issue': { token: string };
  'authorizationRequest.create': { id: string; state: string };
  'authorizationRequest.grant': { granted: boolean; attemptsLeft?: number; request: { state: string } };
  'authorizationRequest.consume': { consumed: boolean };
  'event.list': { items: { sequence: number; type: string }[] };
}

/** Calls one procedure: tRPC over HTTP, what goes and comes in superjson's envelope `{ json }`. */
export async function call<Path extends keyof Answers>(
  path: Path,
  input: object,
  credential = serviceKey,
): Promise<Answers[Path]> {
  const authorization = `Bearer ${credential}`;
  const body = JSON.stringify({ json: input });
  const response =
    path === 'event.list' // a query; all others are mutations
      ? await fetch(`${server}/trpc/${path}?input=${encodeURIComponent(body)}`, {
          headers: { authorization },
        })
      : await fetch(`${server}/trpc/${path}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body,
        });
  const answer = (await response.json()) as Answer<Answers[Path]>;
  if ('error' in answer) throw new Refusal(answer.error.json);
  return answer.result.data.json;
}

type Answer<Result> = { result: { data: { json: Result } } } | { error: { json: RefusalBody } };
interface RefusalBody {
  message: string;
  data: { reason: string };
}

/** The server said no. `reason` is one word of a closed list, the same for every client. */
export class Refusal extends Error {
  readonly reason: string;

  constructor({ message, data }: RefusalBody) {
    super(`${data.reason}: ${message}`);
    this.reason = data.reason;
  }
}
