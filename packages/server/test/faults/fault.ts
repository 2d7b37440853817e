import type { Random } from '@countersign/core/testing';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import type { Followers } from './followers.ts';

/** One way in which nature breaks things, and how it stops. */
export interface Fault {
  readonly name: string;
  /** How often it strikes. */
  readonly times: { readonly short: number; readonly long: number };
  /** Breaks, and mends again, whatever happens in between. */
  strike(scene: Scene): Promise<void>;
}

export interface Scene {
  readonly cluster: Cluster;
  readonly followers: Followers;
  readonly random: Random;
  readonly short: boolean;
  /**
   * Resolves when each of these nodes has served a whole authorization. How long that took is counted from `since`: the
   * moment of the fault, or of its end for a node that cannot serve meanwhile.
   */
  served(nodes: readonly ClusterNode[], since: number): Promise<void>;
}
