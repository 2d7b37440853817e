/** What one HTTP request to us may be, at most. */
export const httpLimits = Object.freeze({
  bodyBytesMax: 64 * 1024,
  batchSizeMax: 10,
  /** Time to send the whole request, and its headers; a slower client is cut off. */
  requestMilliseconds: 30_000,
  headersMilliseconds: 10_000,
  keepAliveMilliseconds: 5_000,
  /**
   * Time without a byte in either direction. Streams send a sign of life more often, so what this cuts is a
   * client that no longer reads.
   */
  silenceMilliseconds: 60_000,
  /** Time for answers in progress after the server was told to stop. */
  drainMilliseconds: 5_000,
});
