import type { AuthorizationRequests } from '../countersign-client.ts';
import type { AuthorizationRequestProcedures } from '../generated/client.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { createPages } from '../pages.ts';
import { handleOf, type AuthorizationRequestHandle } from './handle.ts';

/** The procedures, with requests that can be waited for and lists that can be iterated. */
export function createRequests(procedures: AuthorizationRequestProcedures): AuthorizationRequests {
  const { create, get, list, watch } = procedures;

  function withMethods(request: AuthorizationRequest): AuthorizationRequestHandle {
    const { id } = request;
    return handleOf(request, {
      get: (options) => get({ id }, options),
      watch: (options) => watch({ id }, options),
    });
  }

  return {
    ...procedures,
    create: async (input, options) => withMethods(await create(input, options)),
    get: async (input, options) => withMethods(await get(input, options)),
    list: (input, options) =>
      createPages({
        fetch: (cursor = input?.cursor) => list({ ...input, cursor }, options),
        itemsOf: ({ items }) => items,
        nextOf: ({ nextCursor }) => nextCursor,
      }),
  };
}
