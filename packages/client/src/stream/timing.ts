/** How long is waited for what, in milliseconds. */
export interface Timing {
  /** To be open. A firewall that drops packets says nothing for minutes. */
  readonly openMilliseconds: number;
  /** Of silence, then a sign of life is asked for. */
  readonly silenceMilliseconds: number;
  /** For the sign of life. Alone, a system notices a half-open connection after a quarter of an hour. */
  readonly answerMilliseconds: number;
  /** Without a subscription, then the connection is closed. */
  readonly idleMilliseconds: number;
  /** Within which all clients of a server that goes away have moved. */
  readonly moveMilliseconds: number;
}

export const timingDefaults: Timing = {
  openMilliseconds: 5_000,
  silenceMilliseconds: 15_000,
  answerMilliseconds: 5_000,
  idleMilliseconds: 1_000,
  moveMilliseconds: 1_000,
};
