import { otp, type AuthorizationRequestView, type CoreOptions } from '../../src/index.ts';
import { createOutbox, type Outbox } from '../../testing/index.ts';
import { address, transferData } from '../fixtures.ts';
import { openNodes, until, type Node, type Nodes } from '../scoped-token/stored/two-nodes.ts';

/** What each node logs once it hears the others. */
const areHeard = 'commits of other nodes are heard at once';
const hasMet = 'another node is there';

export interface ToldNodes extends Nodes {
  readonly outbox: Outbox;
  /** One that hears the others, unless it is told not to. */
  open(options?: Partial<CoreOptions>): Promise<Node>;
}

/** Nodes on one database, each of which hears and knows the others as soon as it is open. */
export async function openToldNodes(): Promise<ToldNodes> {
  const nodes = await openNodes();
  const outbox = createOutbox();
  const count = (text: string) => nodes.log.filter((line) => line.startsWith(text)).length;
  let hearing = 0;
  return {
    ...nodes,
    outbox,
    async open(options = {}) {
      const before = count(areHeard);
      const methods = [otp({ send: outbox.send })];
      const node = await nodes.open({ methods, listen: true, ...options });
      if (options.listen === false) return node;
      hearing += 1;
      await until(() => count(areHeard) > before && (hearing === 1 || count(hasMet) === hearing));
      return node;
    },
  };
}

/** A request for a transfer, with a code sent to its subject. */
export async function create(
  { core, service }: Node,
  subjectId: string,
  shown: { readonly title?: string } = { title: 'Transfer money' },
): Promise<AuthorizationRequestView> {
  return await core.authorizationRequest.create(service, {
    slug: 'transfer',
    subjectId,
    data: transferData,
    ...shown,
    deliverTo: { channel: 'email', address: address(subjectId) },
  });
}

/** The newest code of a subject, as a proof. */
export function proofOf({ outbox }: ToldNodes, subjectId: string) {
  return { method: 'otp', code: outbox.codeFor(address(subjectId)) };
}
