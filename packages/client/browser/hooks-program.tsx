import { createCountersignClient, type EventType } from '@countersign/client';
import { AuthorizationDialog, CountersignProvider, useAuthorize, useEvents } from '@countersign/client/react';
import { StrictMode, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

const given = new URLSearchParams(location.search);
const client = createCountersignClient({
  url: given.get('url') ?? '',
  token: given.get('token') ?? '',
  reconnect: { firstMilliseconds: 10, maxMilliseconds: 50 },
});

/** What the page has been told and has done, for the test to read. */
const told: string[] = [];
const streams: string[] = [];
const functions = new Set<unknown>();
let renders = 0;
const { stream } = client.event;
Object.assign(client.event, {
  stream(...input: Parameters<typeof stream>) {
    streams.push(JSON.stringify(input[0]));
    return stream(...input);
  },
});
Object.assign(globalThis, { told, streams, functions, renders: () => renders });

function Log({ types, keep }: { readonly types: readonly EventType[]; readonly keep?: number }): ReactNode {
  renders += 1;
  // Both are written anew in every render.
  const { events, status } = useEvents(
    { types: [...types] },
    (event) => {
      told.push(event.id);
      if (event.sequence === 1) throw new Error('a listener that throws');
    },
    { keep },
  );
  return (
    <section aria-label="Log">
      <p>{status}</p>
      <ol>
        {events.map(({ id, type }) => (
          <li key={id}>{type}</li>
        ))}
      </ol>
    </section>
  );
}

function Remove(): ReactNode {
  const [clicks, setClicks] = useState(0);
  const [outcome, setOutcome] = useState('');
  const remove = useAuthorize((id: string, _label: string) => client.factor.remove({ id }));
  functions.add(remove);
  function click(): void {
    setClicks(clicks + 1);
    remove(given.get('factor') ?? '', 'the old one').then(
      ({ removed }) => setOutcome(`removed: ${removed}`),
      (error: Error) => setOutcome(error.name),
    );
  }
  return (
    <section aria-label="Factor">
      <button onClick={click}>Remove</button>
      <p>{clicks} clicks</p>
      <output>{outcome}</output>
    </section>
  );
}

const begun = ['authorization_request.created', 'authorization_request.cancelled'] as const;
const logs: Readonly<Record<string, ReactNode>> = {
  both: <Log types={begun} />,
  'the same': <Log types={begun.toReversed()} />,
  cancelled: <Log types={['authorization_request.cancelled']} />,
  unkept: <Log types={begun} keep={0} />,
  nothing: null,
};

function App(): ReactNode {
  const [shown, show] = useState('both');
  return (
    <>
      {Object.keys(logs).map((name) => (
        <button key={name} onClick={() => show(name)}>
          {name}
        </button>
      ))}
      {logs[shown]}
      <Remove />
    </>
  );
}

const app = document.getElementById('app');
if (app)
  createRoot(app).render(
    <StrictMode>
      <CountersignProvider client={client}>
        <App />
        <AuthorizationDialog nonce="of-the-page" />
      </CountersignProvider>
    </StrictMode>,
  );
