import { openCore, otp } from '../../src/index.ts';
import { withoutPolls } from './without-polls.ts';

/** What a process of its own is told to be. */
export interface NodeOrder {
  readonly databaseUrl: string;
  readonly secret: string;
}

/** What it tells its parent: that it listens, and each event of its stream. */
export type NodeReport = { readonly listens: true } | { readonly id: string; readonly sequence: number };

/** A node that streams the log and never polls it, until its parent goes away. */
const order = JSON.parse(process.argv[2] ?? '') as NodeOrder;
const report = (said: NodeReport) => process.connected && process.send?.(said);
const none = () => undefined;

withoutPolls();
const core = await openCore({
  database: order.databaseUrl,
  secret: order.secret,
  methods: [otp({ send: async () => undefined })],
  migrate: false,
  sweep: false,
  logger: {
    debug(_, text) {
      if (text === 'commits of other nodes are heard at once') report({ listens: true });
    },
    info: none,
    warn: none,
    error: none,
  },
});
process.on('disconnect', () => void core.close().then(() => process.exit()));
const events = await core.event.stream(core.context({ kind: 'service' }), { from: 'start' });
for await (const { about, sequence } of events) report({ id: about.id, sequence });
