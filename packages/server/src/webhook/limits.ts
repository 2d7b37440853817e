/** What is read of the answer to a webhook, at most. Its status counts; the rest is thrown away. */
export const webhookLimits = Object.freeze({
  /** Read so that a receiver which writes a page is not cut off in the middle of it. */
  answerBytesMax: 64 * 1024,
  answerHeadBytesMax: 16 * 1024,
  /** How long one of several addresses of a name may keep silent before the next is tried. */
  nextAddressMilliseconds: 1_000,
});
