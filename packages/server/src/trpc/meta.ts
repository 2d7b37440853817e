/** What a procedure of ours says of itself, where a middleware can read it. */
export interface ProcedureMeta {
  /**
   * Its path relative to our router, wherever a host nests that: what a token's scope names. A path as tRPC has it
   * would begin with the keys of the host.
   */
  readonly path?: string;
}
