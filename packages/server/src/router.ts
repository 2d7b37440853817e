import { authorizationRequest } from './procedures/authorization-request/index.ts';
import { event } from './procedures/event/index.ts';
import { method } from './procedures/method/index.ts';
import { scopedToken } from './procedures/scoped-token/index.ts';
import { serviceKey } from './procedures/service-key/index.ts';
import { t } from './trpc/trpc.ts';

/** Every procedure (the contract, §4). Nest it under a key of your own router, or serve it alone. */
export const router = t.router({
  authorizationRequest: t.router(authorizationRequest),
  method: t.router(method),
  event: t.router(event),
  scopedToken: t.router(scopedToken),
  serviceKey: t.router(serviceKey),
});

/** The type a tRPC client is made for: `createTRPCClient<CountersignRouter>(…)`. */
export type CountersignRouter = typeof router;
