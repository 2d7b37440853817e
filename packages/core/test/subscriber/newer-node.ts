import { eventCatalog } from '../../src/event/catalog.ts';
import type { EventKind } from '../../src/event/catalog/kind.ts';
import { openCore } from '../../src/index.ts';
import { enter, everyEvent } from './ledger.ts';
import { newerType, type NewerOrder } from './newer.ts';

/** A process of a newer version: it knows one type more. */
const { url, secret, reads } = JSON.parse(process.argv[2] ?? '') as NewerOrder;
const catalog: Record<string, EventKind> = eventCatalog;
catalog[newerType] = eventCatalog['authorization_request.created'];

const core = await openCore({
  database: url,
  secret,
  methods: [],
  migrate: false,
  sweep: false,
  ...(reads === 'webhooks' && {
    webhooks: {
      transport: {
        send: async () => ({ kind: 'answered', status: 200, milliseconds: 1, retryAfterSeconds: null }),
      },
    },
  }),
});
if (reads === 'ledger')
  core.subscriber.start({ ...everyEvent, handle: async (rows, batch) => await enter(rows, batch, 'newer') });
process.send?.('running');
