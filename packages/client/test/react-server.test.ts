import { createElement, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { createCountersignClient } from '../src/index.ts';
import {
  AuthorizationDialog,
  CountersignProvider,
  FactorEnrolment,
  FactorList,
  useAuthorize,
  useCountersignClient,
  useEvents,
  useFactors,
} from '../src/react/index.ts';

function Everything(): ReactNode {
  useAuthorize(async () => await Promise.resolve());
  const { events, status } = useEvents({ types: ['authorization_request.granted'] });
  const { factors, status: factorStatus } = useFactors();
  return JSON.stringify({ events, status, factors, factorStatus });
}

it('renders on a server, without a word to Countersign', async () => {
  let asked = 0;
  await using client = createCountersignClient({
    url: 'http://localhost:1/trpc',
    token: 'cst1.k1.e30.t',
    fetch: async () => {
      asked += 1;
      return await Promise.reject(new Error('nobody asks on a server'));
    },
  });
  const all = [Everything, AuthorizationDialog, FactorList, FactorEnrolment].map((part, key) =>
    createElement(part as () => ReactNode, { key }),
  );
  const html = renderToString(createElement(CountersignProvider, { client }, all));
  expect(html).toContain('How you confirm');
  const seen = { events: [], status: 'idle', factors: [], factorStatus: 'loading' };
  expect(html.replaceAll('&quot;', '"')).toContain(JSON.stringify(seen));
  expect(asked).toBe(0);
});

it('says what is missing where there is no provider', () => {
  for (const use of [
    useCountersignClient,
    useFactors,
    () => useEvents(null),
    () => useAuthorize(async () => {}),
  ])
    expect(() =>
      renderToString(
        createElement(() => {
          use();
          return null;
        }),
      ),
    ).toThrow(/<CountersignProvider client=/);
});
