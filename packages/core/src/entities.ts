import { AuthorizationRequestEntity } from './authorization-request/entity.ts';

/** What MikroORM knows of our schema; a host's own entities live in its own ORM. */
export const entities = [AuthorizationRequestEntity] as const;
