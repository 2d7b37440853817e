import type { Countersign } from '@countersign/server';
import { Hono } from 'hono';

/** Whose they are. A token only narrows what its subject may do; what that is, the bank knows. */
const reports: Readonly<Record<string, { readonly owner: string; readonly text: string }>> = {
  annual: { owner: 'ada', text: 'Annual report: 1,204 transfers' },
  payroll: { owner: 'ada', text: 'Payroll: 17 people' },
  board: { owner: 'grace', text: 'For the board' },
};

/** What a route of the bank's saw of a request that was let through. */
export interface Visit {
  readonly subjectId: string;
  readonly recipient: string | null;
  /** Everything else that it could see: address and headers. */
  readonly text: string;
}

/** The bank's routes, and Countersign's own beside them. */
export function createReports(cs: Countersign, visits: Visit[]): Hono {
  const app = new Hono();
  const guard = cs.rest.hono();

  app.get('/reports/:name', guard, (c) => {
    const { subjectId, recipient } = c.var.auth;
    visits.push({ subjectId, recipient, text: JSON.stringify([c.req.url, c.req.header()]) });
    const report = reports[c.req.param('name')];
    return report?.owner === subjectId ? c.text(report.text) : c.text('No such report.', 404);
  });
  app.delete('/reports/:name', guard, (c) => c.text('Deleted.'));
  app.get('/accounts', guard, (c) => c.text('All accounts'));
  app.all('/trpc/*', (c) => cs.handler(c.req.raw));
  return app;
}
