/** What one WebSocket, and all of them, may be and hold, at most. */
export interface SocketLimits {
  /** Bytes of one message, however many frames carry it; a longer one ends the connection with 1009. */
  readonly messageBytesMax: number;
  /** Frames that one message may be cut into, and slices in which it may trickle in: each costs an object. */
  readonly fragmentsMax: number;
  readonly chunksMax: number;
  /** Queries and mutations in one message. Streams are not counted: tRPC's client resumes all of them at once. */
  readonly batchSizeMax: number;
  /** Characters of a message's id, which every answer repeats. */
  readonly idLengthMax: number;
  /** Messages of a subject or device in any minute, over one connection. */
  readonly messagesPerMinuteMax: number;
  /** Messages refused in a row, as unreadable, too many or without a credential, before the connection is closed. */
  readonly refusalsMax: number;
  /** Queries and mutations in progress; beyond, nothing more is read from the connection until one has ended. */
  readonly callsAtOnceMax: number;
  /** Connections of one subject in this process, those of its devices among them. */
  readonly connectionsPerSubjectMax: number;
  /** What may wait unsent before streams are asked to wait, before they are looked after again. */
  readonly unsentBytesPause: number;
  /** What may wait unsent; when more is to be sent on top of it, the connection is cut. */
  readonly unsentBytesMax: number;
  /** Streams that may send in one turn of the event loop, so that a hundred of them do not send at once. */
  readonly sendersPerTurn: number;
  /** Time to say who calls. A connection without a credential is closed when it is over. */
  readonly introductionMilliseconds: number;
  /** How often a connection must answer a ping. */
  readonly pingMilliseconds: number;
  /** After the server was told to stop: time for clients to move on, for calls in progress, for the closing. */
  readonly moveMilliseconds: number;
  readonly drainMilliseconds: number;
  readonly closeMilliseconds: number;
}

export const socketLimits: SocketLimits = Object.freeze({
  messageBytesMax: 64 * 1024,
  fragmentsMax: 128,
  chunksMax: 1024,
  batchSizeMax: 10,
  idLengthMax: 64,
  messagesPerMinuteMax: 600,
  refusalsMax: 20,
  callsAtOnceMax: 100,
  connectionsPerSubjectMax: 20,
  unsentBytesPause: 64 * 1024,
  unsentBytesMax: 1024 * 1024,
  sendersPerTurn: 8,
  introductionMilliseconds: 10_000,
  pingMilliseconds: 30_000,
  moveMilliseconds: 500,
  drainMilliseconds: 5_000,
  closeMilliseconds: 1_000,
});
