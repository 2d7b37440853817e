/** The React door, as a program of somebody else's sees it: compiled by every supported TypeScript. */
import type { CountersignClient } from '@countersign/client';
import {
  AuthorizationDialog,
  CountersignProvider,
  FactorEnrolment,
  useAuthorize,
  useEvents,
  useFactors,
} from '@countersign/client/react';
import { createElement, type ReactElement } from 'react';

export function Page({ client }: { readonly client: CountersignClient }): ReactElement {
  return createElement(
    CountersignProvider,
    { client },
    createElement(Factors),
    createElement(FactorEnrolment),
    createElement(AuthorizationDialog, { messages: { heading: 'One more step' } }),
  );
}

function Factors(): ReactElement {
  const { factors, remove } = useFactors();
  const rename = useAuthorize(async (id: string, title: string) => `${id} ${title}`);
  const { events } = useEvents({ types: ['factor.confirmed'] });
  const [first] = factors;
  const text: string = [...factors.map(({ title }) => title), ...events.map(({ type }) => type)].join();
  return createElement(
    'button',
    { onClick: () => void Promise.all([rename('a', 'b'), first && remove(first)]) },
    text,
  );
}
