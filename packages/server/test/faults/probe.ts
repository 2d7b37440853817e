import { runCycle, type Story } from '../kill/cycle.ts';
import { persistentCaller } from '../kill/persistent-caller.ts';
import type { ClusterNode } from './cluster-node.ts';
import { code } from './cluster.ts';
import { subjectOf } from './subjects.ts';

let probes = 0;

/** A whole authorization at this very node, as soon as it can: until then the service is not back. */
export async function probe(node: ClusterNode, serviceKey: string): Promise<Story> {
  probes += 1;
  const caller = persistentCaller({ url: () => node.url, serviceKey, patienceMs: 1500 });
  const person = subjectOf(1000, probes);
  return await runCycle({ ...caller, codeFor: async () => code }, person);
}
