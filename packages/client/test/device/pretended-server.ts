import { setTimeout as sleep } from 'node:timers/promises';
import { CountersignError } from '../../src/error.ts';
import type { AuthorizationRequest, EventByType, Proof } from '../../src/generated/schema.ts';
import type { DeviceClient } from '../../src/device/index.ts';
import { displayHashOf } from '../../src/device/signed-bytes.ts';

type Challenged = EventByType['authorization_request.challenged'];

const refused = (reason: 'unauthenticated' | 'not_found') =>
  new CountersignError({ reason, message: reason });

/** A server as a device sees it, in this process: what is under test is what the device asks, and when. */
export interface PretendedServer {
  connect(token?: unknown): DeviceClient;
  readonly requests: AuthorizationRequest[];
  readonly log: Challenged[];
  readonly asked: { procedure: string; input: unknown }[];
  readonly proofs: (Proof | undefined)[];
  time: number;
  tokensRefused: Set<string>;
  /** Answers to `device.authenticate` that are lost, so that their repetition holds no token. */
  lost: number;
  isRevoked: boolean;
  closed: number;
  challenge(changes?: Partial<AuthorizationRequest>, method?: string): Promise<AuthorizationRequest>;
}

const lifetimeMilliseconds = 3_600_000;

export function pretendServer(): PretendedServer {
  let made = 0;
  const server: PretendedServer = {
    requests: [],
    log: [],
    asked: [],
    proofs: [],
    time: 1_790_000_000_000,
    tokensRefused: new Set(),
    lost: 0,
    isRevoked: false,
    closed: 0,

    async challenge(changes = {}, method = 'device') {
      const n = server.requests.length + 1;
      const shown = { title: `Transfer ${n}`, description: null, facts: [{ label: 'To', value: 'GB29' }] };
      const request = {
        id: `areq_${n}`,
        state: 'waiting',
        ...shown,
        methods: ['device', 'otp'],
        dataHash: 'data',
        displayHash: await displayHashOf(shown),
        challenge: {
          id: `chal_${n}`,
          method,
          factorId: null,
          expiresAt: new Date(server.time + 300_000),
          options: { nonce: `nonce ${n}` },
        },
        ...changes,
      } as AuthorizationRequest;
      server.requests.unshift(request);
      server.log.push({
        id: `evt_${n}`,
        type: 'authorization_request.challenged',
        data: { method },
        about: { kind: 'authorization_request', id: request.id },
      } as unknown as Challenged);
      return request;
    },

    connect(token) {
      const admit = async (): Promise<void> => {
        const text = typeof token === 'function' ? await (token as () => Promise<string>)() : '';
        if (text === '' || server.tokensRefused.has(text)) throw refused('unauthenticated');
      };
      const call =
        <Input, Answer>(procedure: string, run: (input: Input) => Answer, isOpen = false) =>
        async (input: Input): Promise<Answer> => {
          if (!isOpen) await admit();
          server.asked.push({ procedure, input });
          return run(input);
        };
      return {
        device: {
          nonce: call('nonce', () => ({ nonce: `n${(made += 1)}`, expiresAt: new Date(server.time) }), true),
          authenticate: call(
            'authenticate',
            () => {
              if (server.isRevoked) throw refused('unauthenticated');
              const expiresAt = new Date(server.time + lifetimeMilliseconds);
              if (server.lost > 0) {
                server.lost -= 1;
                return { token: null, expiresAt };
              }
              return { token: `token ${(made += 1)}`, expiresAt };
            },
            true,
          ),
        },
        authorizationRequest: {
          get: call('get', ({ id }: { id: string }) => {
            const found = server.requests.find((one) => one.id === id);
            if (!found) throw refused('not_found');
            return found;
          }),
          async *list() {
            await admit();
            for (const request of server.requests) yield { ...request, challenge: null };
          },
          grant: call('grant', ({ proof }: { proof?: Proof }) => {
            server.proofs.push(proof);
            return { granted: true };
          }),
          deny: call('deny', ({ proof }: { proof?: Proof }) => {
            server.proofs.push(proof);
            return {};
          }),
        },
        event: {
          list: call('event.list', () => ({ items: [], cursor: server.log.at(-1)?.id ?? null })),
          async *stream({ lastEventId }: { lastEventId?: string }) {
            await admit();
            let place = server.log.findIndex(({ id }) => id === lastEventId) + 1;
            for (;;) {
              await admit();
              const event = server.log[place];
              if (event === undefined) {
                await sleep(1);
                continue;
              }
              place += 1;
              yield event;
            }
          },
        },
        close: async () => {
          server.closed += 1;
        },
      } as unknown as DeviceClient;
    },
  };
  return server;
}
