/** How many streams there may be at once, and how they show that they live. */
export const streamLimits = Object.freeze({
  /** Streams of one subject in this process, those of its devices among them, over whatever carries them. */
  perSubjectMax: 10,
  /**
   * Streams over one WebSocket, a service's too. tRPC's client resumes all streams of a lost socket in one
   * message, so they must fit into one (64 KiB, some 300 bytes a stream). A service that needs more opens
   * another socket.
   */
  perConnectionMax: 100,
  /** Over server-sent events: how often a quiet stream says that it lives. */
  pingMilliseconds: 15_000,
  /** Silence after which tRPC's client takes a server-sent stream for lost and reconnects. */
  silenceMilliseconds: 40_000,
  /** A server-sent stream ends after this time; its client resumes, and proves again who it is. */
  durationMilliseconds: 3_600_000,
});
