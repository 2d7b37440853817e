/** How `natsBus` finds its NATS, and what it keeps there. */
export interface NatsBusOptions {
  /**
   * `nats://host:4222`, or `tls://` where the connection must be encrypted; several of one cluster, if there are. A user
   * and a password, or a token alone, may stand in front of the host.
   */
  readonly servers: string | readonly string[];
  /** The stream that holds the messages, made if it is missing; default `countersign`. Each installation has its own. */
  readonly stream?: string;
  /** What the subject of the messages begins with, `countersign.log` by default. Each installation has its own. */
  readonly subjectPrefix?: string;
  /** How many servers of the cluster keep a message; default 1. */
  readonly replicas?: number;
  /** How long a message is kept for a node that was away; default an hour. */
  readonly ageSecondsMax?: number;
  /** How much is kept; default 256 MiB. What is older goes first, and is read from the database. */
  readonly bytesMax?: number;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** The text of a `.creds` file. */
  readonly credentials?: string;
  /** Encrypts, and says whom to trust; `{}` trusts whom Node trusts. */
  readonly tls?: NatsTls;
  /** What this process is called in NATS; default `countersign`. */
  readonly name?: string;
}

/** PEM, or files of it. */
export interface NatsTls {
  readonly ca?: string;
  readonly caFile?: string;
  readonly cert?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly keyFile?: string;
}
