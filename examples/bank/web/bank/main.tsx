import { AuthorizationDialog, CountersignProvider } from '@countersign/client/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { nonceOfPage } from '../page/nonce.ts';
import { rootOfPage } from '../page/root.ts';
import { client } from './bank.ts';
import { Page } from './page.tsx';
import { queries } from './queries.ts';

createRoot(rootOfPage()).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <CountersignProvider client={client}>
        <Page />
        <AuthorizationDialog nonce={nonceOfPage()} />
      </CountersignProvider>
    </QueryClientProvider>
  </StrictMode>,
);
