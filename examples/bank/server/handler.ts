import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Bank } from './bank.ts';
import { contextOf } from './context.ts';
import type { Pages } from './pages/open-pages.ts';
import { refusalOf } from './refusal-of.ts';
import type { BankRouter } from './router.ts';

const endpoint = '/bank/trpc';

/** What the bank answers: its procedures and its pages. Null, for the server's own, where pages could not be built. */
export function createHandler(bank: Bank, router: BankRouter, pages: Pages | null) {
  return async (request: Request): Promise<Response | null> => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(`${endpoint}/`)) return await answerCall(bank, router, request);
    return pages?.answer(request.method, pathname) ?? (pathname.startsWith('/bank/') ? notFound() : null);
  };
}

async function answerCall(bank: Bank, router: BankRouter, request: Request): Promise<Response> {
  const status = refusalOf(request);
  if (status !== null) return new Response(null, { status });
  const answer = await fetchRequestHandler({
    endpoint,
    req: request,
    router,
    createContext: ({ resHeaders }) => contextOf(bank, request, resHeaders),
    maxBatchSize: 10,
    // A refusal is an answer and no failure; what Countersign refuses it logs itself.
    onError({ error, path }) {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        bank.logger.error({ err: error.cause ?? error, path }, 'a call to the bank failed');
    },
  });
  answer.headers.set('cache-control', 'no-store');
  answer.headers.set('x-content-type-options', 'nosniff');
  answer.headers.set('cross-origin-resource-policy', 'same-origin');
  return answer;
}

function notFound(): Response {
  return new Response('Not found.\n', { status: 404, headers: { 'content-type': 'text/plain' } });
}
