import { createAuthorizer, createCountersignClient } from '@countersign/client';
import { AuthorizationDialog, CountersignProvider, type ProofProps } from '@countersign/client/react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** A host's page: a button that asks for an authorization, and what came of it. */
const given = new URLSearchParams(location.search);
const client = createCountersignClient({
  url: given.get('url') ?? '',
  token: given.get('token') ?? '',
  reconnect: { firstMilliseconds: 10, maxMilliseconds: 50 },
});

const authorizer = createAuthorizer({ client });
const { authorizationRequest } = client;
let count = 0;

async function newRequest(): Promise<string> {
  count += 1;
  const data = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 + count };
  const { id } = await authorizationRequest.create({ slug: given.get('slug') ?? '', data });
  return id;
}

let leaving = new AbortController();

/** Asks the person, and says what came of it. */
async function ask(id: string): Promise<void> {
  leaving = new AbortController();
  const outcome = await authorizer.resume(id, { signal: leaving.signal }).then(
    ({ state }) => state,
    (error: Error) => error.name,
  );
  document.querySelector('output')?.append(`${outcome} `);
}

/** How one proves by a method of the bank's own. */
function Fax({ challenge, isBusy, prove }: ProofProps): ReactNode {
  return (
    <button data-first disabled={isBusy} onClick={() => prove({ page: 'signed' })}>
      Sign the fax to {challenge?.sentTo}
    </button>
  );
}

async function enrol(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return credential.toJSON();
}
function resume(id: string): void {
  void ask(id);
}

/** A view that waits for it goes away, and is back at once. */
function comeBack(id: string): void {
  leaving.abort();
  resume(id);
}
Object.assign(globalThis, { enrol, resume, comeBack });

/** A host that has words, colours and styles of its own. */
const own = {
  messages: { authorize: 'Send the money' },
  colorScheme: 'dark',
  styles: false,
} as const;

const root = createRoot(document.querySelector('main') ?? document.body);
function show(isMounted: boolean): void {
  root.render(
    <CountersignProvider client={client}>
      <h1>Bank</h1>
      <button onClick={() => void newRequest().then(ask)}>Pay</button>
      <output />
      {isMounted && (
        <AuthorizationDialog
          nonce="of-the-page"
          methods={{ fax: Fax }}
          {...(given.get('host') === 'own' && own)}
        />
      )}
    </CountersignProvider>,
  );
}
show(true);
Object.assign(globalThis, { leave: () => show(false) });
