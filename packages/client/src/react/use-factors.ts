import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { callKey } from '../authorization/call-key.ts';
import type { CountersignClient } from '../countersign-client.ts';
import type {
  Factor,
  FactorConfirmInput,
  FactorCreateInput,
  FactorCreateOutput,
  FactorUpdateInput,
  FactorUpdateOutput,
} from '../generated/schema.ts';
import { authorizerOf } from './authorizer-of.ts';
import { factorStoreOf, nothingRead, type FactorState } from './factor/store.ts';
import { useCountersignClient } from './provider.tsx';

/** Changes of one's own factors. Each asks the person to authorize it where the server asks for that. */
export interface FactorChanges {
  /** Begins to add one. What comes as `setup` is shown once and kept by nobody. */
  readonly create: (input: FactorCreateInput) => Promise<FactorCreateOutput>;
  /** Answers the confirmation of `create` or `update`: one of `status: 'confirmed'` has come into force. */
  readonly confirm: (input: FactorConfirmInput) => Promise<Factor>;
  readonly update: (input: FactorUpdateInput) => Promise<FactorUpdateOutput>;
  /** For ever; a device is revoked, with all that it may do. */
  readonly remove: (factor: Pick<Factor, 'id' | 'method'>) => Promise<void>;
}

export interface Factors extends FactorState, FactorChanges {
  /** Reads the list anew. It comes by itself whenever something has changed, here or elsewhere. */
  readonly refresh: () => Promise<void>;
}

/**
 * What the person proves with, as it is now, and what can be added.
 *
 * The list follows `factor.*` and `device.*` as they happen: a phone that registers itself is there at once. All that
 * use it below one provider share one list and one stream, and both end with the last of them.
 *
 * `create`, `update` and `remove` are operations of Countersign's own: a person's own call is refused with
 * `authorization_required`, the mounted dialog asks, and the call is made again exactly as it was, which is what was
 * authorized. A very first factor cannot be authorized by another: it needs a token that names `factor.create`, and is
 * `forbidden` otherwise.
 *
 * @throws TypeError outside of a CountersignProvider. The functions reject with CountersignError, and with
 * AuthorizationCancelled, AuthorizationDenied, AuthorizationExpired.
 */
export function useFactors(): Factors {
  const client = useCountersignClient();
  const store = factorStoreOf(client);
  const state = useSyncExternalStore(store.subscribe, store.state, atServer);
  const { refresh } = store;
  const changes = useMemo(() => changesOf(client, refresh), [client, refresh]);
  return { ...state, ...changes, refresh: useCallback(async () => await refresh(), [refresh]) };
}

const atServer = (): FactorState => nothingRead;

function changesOf(client: CountersignClient, refresh: () => Promise<void>): FactorChanges {
  const { factor, device } = client;

  /** The call is made of a copy, so that what is repeated is what was authorized. */
  function authorized<Input, Output>(
    name: string,
    call: (input: Input) => Promise<Output>,
  ): (input: Input) => Promise<Output> {
    return async (input) => {
      const same = structuredClone(input);
      try {
        return await authorizerOf(client).run(callKey(name, same), () => call(same));
      } finally {
        await refresh();
      }
    };
  }

  const create = authorized('factor.create', (input: FactorCreateInput) => factor.create(input));
  const update = authorized('factor.update', (input: FactorUpdateInput) => factor.update(input));
  const removeFactor = authorized('factor.remove', (id: string) => factor.remove({ id }));
  const revokeDevice = authorized('device.revoke', (id: string) => device.revoke({ id }));
  return {
    create,
    update,
    async confirm(input) {
      try {
        return await factor.confirm(input);
      } finally {
        await refresh();
      }
    },
    async remove({ id, method }) {
      if (method === 'device') await revokeDevice(id);
      else await removeFactor(id);
    },
  };
}
