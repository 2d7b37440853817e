import { defineEntity, p } from '@mikro-orm/core';

const AuthorizationRequestSchema = defineEntity({
  name: 'AuthorizationRequest',
  tableName: 'authorization_request',
  schema: 'countersign',
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    subjectId: p.text(),
    sessionId: p.text().nullable(),
    title: p.text(),
    description: p.text().nullable(),
    facts: p.json(),
    data: p.json(),
    dataHash: p.blob(),
    displayHash: p.blob(),
    relatedObjects: p.json(),
    methods: p.array(),
    factorIds: p.array().nullable(),
    requiredBinding: p.text(),
    deliverTo: p.json().nullable(),
    locale: p.text().nullable(),
    state: p.text(),
    reason: p.text().nullable(),
    binding: p.text().nullable(),
    generation: p.integer(),
    sequence: p.integer(),
    eventTxid: p.string().columnType('xid8'),
    attemptsMax: p.smallint(),
    attemptsLeft: p.smallint(),
    attemptsOpen: p.smallint(),
    attemptedAt: p.datetime().nullable(),
    checked: p.json().nullable(),
    challengeId: p.uuid().nullable(),
    sendsLeft: p.smallint(),
    challengesLeft: p.smallint(),
    resendAfter: p.datetime().nullable(),
    executeWithinSeconds: p.integer(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    decidedAt: p.datetime().nullable(),
    grantedAt: p.datetime().nullable(),
    executeBefore: p.datetime().nullable(),
    consumedAt: p.datetime().nullable(),
  },
});

/**
 * The table, as MikroORM knows it: for lists and administration. A decision never goes through the unit of
 * work; the statements beside this file make it.
 */
export class AuthorizationRequestEntity extends AuthorizationRequestSchema.class {}
AuthorizationRequestSchema.setClass(AuthorizationRequestEntity);
