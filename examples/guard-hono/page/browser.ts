import { authorizationFetch, createCountersignClient, type OnChallenge } from '@countersign/client';

type Post = (path: string, body: object) => Promise<Response>;

/** What a page of the bank's has: its session as a cookie, and Countersign's client. */
export interface Browser extends AsyncDisposable {
  /** As a page sends it: asked for an authorization it has Ada asked, and sends the same again. */
  readonly post: Post;
  /** As anything else would send it, with the same cookie. */
  readonly postPlainly: Post;
  readonly grant: (id: string, code: string) => Promise<boolean>;
}

export async function signIn(
  url: string,
  name: string,
  onChallenge: (browser: Browser) => OnChallenge,
): Promise<Browser> {
  const signedIn = await fetch(`${url}/sign-in`, { method: 'POST', body: JSON.stringify({ name }) });
  const { token } = (await signedIn.json()) as { token: string };
  const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
  const client = createCountersignClient({ url: `${url}/trpc`, token: () => token });

  const postBy =
    (send: typeof fetch): Post =>
    async (path, body) =>
      await send(`${url}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
  const browser: Browser = {
    post: postBy(authorizationFetch({ client, onChallenge: (pending) => onChallenge(browser)(pending) })),
    postPlainly: postBy(fetch),
    async grant(id, code) {
      const { granted } = await client.authorizationRequest.grant({ id, proof: { method: 'otp', code } });
      return granted;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
  return browser;
}
