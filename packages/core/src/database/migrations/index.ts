export { Migration0001Spine } from './0001-spine.ts';
export { Migration0002LighterGuards } from './0002-lighter-guards.ts';
export { Migration0003ScopedTokens } from './0003-scoped-tokens.ts';
export { Migration0004ServiceKeys } from './0004-service-keys.ts';
export { Migration0005TokensByRequest } from './0005-tokens-by-request.ts';
export { Migration0006BoundedRevocations } from './0006-bounded-revocations.ts';
export { Migration0007Factors } from './0007-factors.ts';
export { Migration0008ConsumeFunction } from './0008-consume-function.ts';
