// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

import type { Dates } from './dates.ts';

import type { Procedure } from './procedures.ts';

const subscriber = { failedAt: true, retryAt: true, createdAt: true, movedAt: true } as const satisfies Dates;

const serviceKey = { createdAt: true, expiresAt: true, revokedAt: true } as const satisfies Dates;

const webhookEndpoint = {
  disabledAt: true,
  previousSecretUntil: true,
  lastDeliveredAt: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Dates;

const webhookTest = { at: true } as const satisfies Dates;

const webhookDelivery = {
  nextTryAt: true,
  tries: [{ at: true }],
  createdAt: true,
  finishedAt: true,
} as const satisfies Dates;

/** Every procedure of operators, by its path. */
export const operatorProcedures = {
  operator: {
    unlock: { type: 'mutation' },
    subscribers: { type: 'query', dates: { items: [subscriber] } },
    resumeSubscriber: { type: 'mutation', dates: subscriber },
    replaySubscriber: { type: 'mutation', dates: subscriber },
    removeSubscriber: { type: 'mutation' },
  },
  serviceKey: {
    create: { type: 'mutation', dates: { createdAt: true, expiresAt: true, revokedAt: true } },
    list: { type: 'query', dates: { items: [serviceKey] } },
    revoke: { type: 'mutation', dates: serviceKey },
  },
  webhook: {
    create: {
      type: 'mutation',
      dates: {
        disabledAt: true,
        previousSecretUntil: true,
        lastDeliveredAt: true,
        createdAt: true,
        updatedAt: true,
      },
    },
    list: { type: 'query', dates: [webhookEndpoint] },
    update: { type: 'mutation', dates: webhookEndpoint },
    remove: { type: 'mutation' },
    rotateSecret: {
      type: 'mutation',
      dates: {
        disabledAt: true,
        previousSecretUntil: true,
        lastDeliveredAt: true,
        createdAt: true,
        updatedAt: true,
      },
    },
    test: { type: 'mutation', dates: webhookTest },
    deliveries: { type: 'query', dates: { items: [webhookDelivery] } },
    replay: { type: 'mutation' },
  },
} as const satisfies Record<string, Record<string, Procedure>>;
