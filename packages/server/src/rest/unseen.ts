/** What is said of an answer to a URL that held a token: not to be kept, and not to be named to the next server. */
export const unseenHeaders = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const;

/** A copy that says so, since the headers of some responses cannot be changed. */
export function unseen(answer: Response): Response {
  const copy = new Response(answer.body, answer);
  for (const [name, value] of Object.entries(unseenHeaders)) copy.headers.set(name, value);
  return copy;
}
