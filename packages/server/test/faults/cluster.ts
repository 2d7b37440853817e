import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createAuthority } from '../webhook/certificate.ts';
import { openNode, type ClusterNode } from './cluster-node.ts';
import { startKillablePostgres, type KillablePostgres } from './killable-postgres.ts';
import { openNamespace } from './namespace.ts';
import { openReceiver, type Receiver } from './receiver.ts';

/** Several nodes of one installation on one PostgreSQL, each a process of its own. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[];
  readonly postgres: KillablePostgres;
  readonly serviceKey: string;
  /** An endpoint of webhooks that every node can reach. */
  readonly receiver: Receiver;
}

export interface ClusterOptions {
  readonly nodes: number;
  /** Where PostgreSQL keeps its data, if not beside the rest. */
  readonly data?: string;
  /** How long PostgreSQL lets a statement of theirs run; default what a node asks for by itself. */
  readonly statementMs?: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Of every message; whoever calls in these tests knows it. */
export const code = '12345678';

/** A few subjects are asked for thousands of authorizations: their limits are not what is looked at here. */
export const limits = {
  wrongProofsPerDayMax: 33,
  waitingPerSubjectMax: 100_000,
  sendsPerSubjectDayMax: 100_000,
  sendsPerRecipientDayMax: 100_000,
  sendsPerRecipient10MinutesMax: 100_000,
} as const;

const configuration = (statementMs: number | undefined): string => /* ts */ `
import { otp, type CountersignConfig } from '@countersign/server';
export default {
  issuer: 'Test Bank',
  audience: 'bank.test',
  logLevel: 'warn',
  database: {
    clientUrl: process.env.CLUSTER_DATABASE,
    ${statementMs === undefined ? '' : `driverOptions: { statement_timeout: ${statementMs} },`}
  },
  webhooks: { allow: ['127.0.0.0/8', '10.0.0.0/8'] },
  methods: [otp({ send: async () => undefined, generate: () => '${code}' })],
  limits: ${JSON.stringify(limits)},
} satisfies CountersignConfig;
`;

/** Resolves when every node can work. The last one has a network of its own where this system allows it. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(await temporaryDirectory());
  const postgres = opening.use(await startKillablePostgres(options.data ?? join(folder.path, 'db')));
  const directory = join(folder.path, 'node');
  await mkdir(directory);
  const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
  await symlink(modules, join(directory, 'node_modules'));
  await writeFile(join(directory, 'countersign.config.ts'), configuration(options.statementMs));

  const authority = createAuthority();
  const certificates = join(directory, 'authority.pem');
  await writeFile(certificates, authority.cert);
  const secret = randomBytes(32).toString('base64');
  const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
  const nodes: ClusterNode[] = [];
  for (let place = 1; place <= options.nodes; place += 1) {
    const node = await openNode({
      name: `node ${place}`,
      directory,
      secret,
      serviceKey,
      socketPath: () => postgres.socketPath,
      namespace: place === options.nodes ? await openNamespace() : null,
      environment: { ...options.environment, NODE_EXTRA_CA_CERTS: certificates },
    });
    nodes.push(opening.use(node));
  }
  const near = nodes.at(-1)?.namespace?.near ?? '127.0.0.1';
  const receiver = opening.use(await openReceiver(near, authority));
  for (const node of nodes) node.start();
  await Promise.all(nodes.map((node) => node.ready()));
  await receiver.register({ database: postgres.url, secret });
  const opened = opening.move();
  return { nodes, postgres, serviceKey, receiver, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
