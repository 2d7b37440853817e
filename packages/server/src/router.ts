import { authorizationRequest } from './procedures/authorization-request/index.ts';
import { confirmation } from './procedures/confirmation/index.ts';
import { device } from './procedures/device/index.ts';
import { event } from './procedures/event/index.ts';
import { factor } from './procedures/factor/index.ts';
import { method } from './procedures/method/index.ts';
import { operator } from './procedures/operator/index.ts';
import { scopedToken } from './procedures/scoped-token/index.ts';
import { serviceKey } from './procedures/service-key/index.ts';
import { webhook } from './procedures/webhook/index.ts';
import { t } from './trpc/trpc.ts';

/** Every procedure (the contract, §4). Nest it under a key of your own router, or serve it alone. */
export const router = t.router({
  authorizationRequest: t.router(authorizationRequest),
  method: t.router(method),
  factor: t.router(factor),
  confirmation: t.router(confirmation),
  device: t.router(device),
  event: t.router(event),
  scopedToken: t.router(scopedToken),
  operator: t.router(operator),
  serviceKey: t.router(serviceKey),
  webhook: t.router(webhook),
});

/** The type a tRPC client is made for: `createTRPCClient<CountersignRouter>(…)`. */
export type CountersignRouter = typeof router;
