// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

import {
  authorizationRequest,
  authorizationRequestSnapshotEvent,
  challenge,
  confirmation,
  device,
  event,
  factor,
  receipt,
  scopedToken,
  type Dates,
} from './dates.ts';

/** What a call must know of a procedure when it runs. */
export interface Procedure {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Carries a proof: never behind another call in a batch. */
  readonly proof?: true;
  /** Where dates stand in what it answers, or in each thing that it yields. */
  readonly dates?: Dates;
}

/** Every procedure of the router but those of operators, by its path. */
export const procedures = {
  authorizationRequest: {
    create: { type: 'mutation', dates: authorizationRequest },
    get: { type: 'query', dates: authorizationRequest },
    list: { type: 'query', dates: { items: [authorizationRequest] } },
    challenge: { type: 'mutation', dates: challenge },
    check: { type: 'mutation', proof: true },
    grant: { type: 'mutation', proof: true, dates: { request: authorizationRequest } },
    deny: { type: 'mutation', proof: true, dates: authorizationRequest },
    cancel: { type: 'mutation', dates: authorizationRequest },
    reset: { type: 'mutation', dates: { request: authorizationRequest, challenge } },
    consume: { type: 'mutation', dates: { receipt } },
    watch: { type: 'subscription', dates: authorizationRequestSnapshotEvent },
  },
  method: {
    list: { type: 'query' },
    configure: { type: 'mutation' },
    remove: { type: 'mutation' },
  },
  factor: {
    list: { type: 'query', dates: [factor] },
    create: { type: 'mutation', dates: { factor, confirmation } },
    confirm: { type: 'mutation', proof: true, dates: factor },
    update: { type: 'mutation', dates: { factor, confirmation } },
    remove: { type: 'mutation' },
  },
  confirmation: {
    request: { type: 'mutation', dates: confirmation },
    confirm: { type: 'mutation', proof: true, dates: confirmation },
    check: { type: 'query', dates: { confirmation } },
    use: { type: 'mutation', dates: { confirmation } },
  },
  device: {
    register: { type: 'mutation', dates: { device } },
    nonce: { type: 'mutation', dates: { expiresAt: true } },
    authenticate: { type: 'mutation', proof: true, dates: { expiresAt: true } },
    list: { type: 'query', dates: [device] },
    setPrimary: { type: 'mutation', dates: device },
    revoke: { type: 'mutation', dates: device },
  },
  event: {
    list: { type: 'query', dates: { items: [event] } },
    stream: { type: 'subscription', dates: event },
  },
  scopedToken: {
    issue: { type: 'mutation', dates: { expiresAt: true } },
    introspect: { type: 'mutation' },
    list: { type: 'query', dates: { items: [scopedToken] } },
    revoke: { type: 'mutation' },
  },
} as const satisfies Record<string, Record<string, Procedure>>;

/** Their procedures are in a table of their own, which is loaded when it is asked for. */
export const operatorRouters = ['operator', 'serviceKey', 'webhook'] as const;
