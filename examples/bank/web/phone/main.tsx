import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { rootOfPage } from '../page/root.ts';
import { Page } from './page.tsx';

if (parent !== window) document.documentElement.dataset['framed'] = '';
createRoot(rootOfPage()).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
