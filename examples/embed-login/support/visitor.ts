import { Secret, TOTP } from 'otpauth';
import type { TestHost } from './open-test-host.ts';

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

/** Somebody with a program instead of a browser: sends every cookie everywhere, and follows no redirect. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  ask(method: string, path: string, fields?: Fields, headers?: Fields): Promise<Answer>;
  post(path: string, fields: Fields): Promise<Answer>;
  /** Whether a page of the account is opened to these cookies. */
  isSignedIn(): Promise<boolean>;
}

type Fields = Readonly<Record<string, string>>;

export const password = 'correct horse battery staple';

export function createVisitor({ origin }: TestHost): Visitor {
  const cookies = new Map<string, string>();
  const ask: Visitor['ask'] = async (method, path, fields, headers) => {
    const cookie = [...cookies].map((each) => each.join('=')).join('; ');
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: { origin, cookie, ...headers },
      ...(fields && { body: new URLSearchParams(fields) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const { status } = response;
    return { status, location: response.headers.get('location'), text: await response.text() };
  };
  return {
    cookies,
    ask,
    post: (path, fields) => ask('POST', path, fields),
    isSignedIn: async () => (await ask('GET', '/account')).status === 200,
  };
}

/** A new account with an authenticator app, and the code that its app shows next. */
export async function signUpWithApp(host: TestHost, name: string) {
  const visitor = createVisitor(host);
  await visitor.post('/sign-up', { name, password });
  const code = await addFirstApp(host, visitor);
  const factors = await host.cs.createCaller({ kind: 'service' }).factor.list({ subjectId: name });
  return { visitor, code, factorId: factors[0]?.id ?? '' };
}

/** Adds the first factor as the page does it; answers what the app shows from then on: always a new code. */
export async function addFirstApp(host: TestHost, visitor: Visitor): Promise<() => string> {
  const { text } = await visitor.post('/account/factors', { add: 'totp' });
  const [, secret = ''] = /<code>([A-Z2-7]+)<\/code>/.exec(text) ?? [];
  const code = appOf(host, secret);
  await visitor.post('/account/factors/confirm', { ...hiddenIn(text), code: code() });
  return code;
}

/** What the app with this key shows. Each time half a minute later, since a code is good for once. */
export function appOf(host: TestHost, secret: string): () => string {
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  return () => {
    host.putForward(30);
    return app.generate({ timestamp: host.now().getTime() });
  };
}

export function hiddenIn(text: string): Fields {
  const fields = [...text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}
