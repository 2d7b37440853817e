import { CountersignError } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { WebSocket } from 'ws';
import { errorShape } from '../error/error-shape.ts';
import { refuseInput } from '../error/refuse-input.ts';
import { transformer } from '../trpc/input-transformer.ts';
import {
  readIntroduction,
  readMessages,
  type ClientMessage,
  type MessagesRead,
  type RefusedMessage,
} from './read-messages.ts';

/** The first look at what arrives over a socket, and the last at what leaves; tRPC's adapter is in between. */
export interface Screen {
  /** For `experimental_encoder` of tRPC's adapter: one connection's own. */
  readonly encoder: {
    encode(message: unknown): string;
    decode(data: string | ArrayBuffer | Uint8Array): unknown;
  };
  /** Queries and mutations that have no answer yet. */
  callsInProgress(): number;
}

export interface ScreenOptions {
  readonly socket: WebSocket;
  /** Whether the first message says who calls. */
  readonly introduced: boolean;
  /** Whether a message is not read now; it will come again. */
  readonly keepsBack: (text: string) => boolean;
  /** Whether one more message may be read; it is counted. */
  readonly mayRead: () => boolean;
  /** A message was refused. */
  readonly onRefused: () => void;
  /** Calls were handed on. */
  readonly onAdmitted: () => void;
  /** Something is about to be sent. */
  readonly onSending: () => void;
}

/**
 * Hands tRPC's adapter what it can carry out and answers everything else itself: the adapter refuses a frame
 * as a whole and tells none of its calls, so that they would wait for ever.
 */
export function createScreen(options: ScreenOptions): Screen {
  const { socket, keepsBack, mayRead, onRefused, onAdmitted, onSending } = options;
  const calls = new Set<ClientMessage['id']>();
  const streams = new Set<ClientMessage['id']>();
  let { introduced } = options;

  const tell = ({ id, because }: RefusedMessage) => {
    onRefused();
    if (socket.readyState !== WebSocket.OPEN) return;
    onSending();
    const shape = errorShape(asTrpcError(because));
    socket.send(JSON.stringify({ id, error: transformer.output.serialize(shape) }));
  };

  const read = (data: string | ArrayBuffer | Uint8Array): MessagesRead => {
    try {
      if (typeof data !== 'string') throw refuseInput('must be text');
      return readMessages(data);
    } catch (because) {
      return { messages: [], refused: [{ id: null, because }] };
    }
  };

  const admit = (message: ClientMessage): boolean => {
    const { id, method } = message;
    if (!mayRead()) {
      tell({ id, because: new CountersignError('rate_limited') });
      return false;
    }
    if (method === 'subscription.stop') return true;
    // By its id an answer is known: under one of a stream, a call would count as answered by the next event.
    if (calls.has(id) || streams.has(id)) {
      tell({ id, because: refuseInput('has the id of a call or stream in progress') });
      return false;
    }
    (method === 'subscription' ? streams : calls).add(id);
    return true;
  };

  return {
    callsInProgress: () => calls.size,
    encoder: {
      decode(data) {
        if (!introduced) {
          introduced = true;
          if (typeof data !== 'string') throw refuseInput('must be text');
          return readIntroduction(data);
        }
        // Closed by us: what still comes in is not carried out.
        if (socket.readyState !== WebSocket.OPEN) return [];
        if (typeof data === 'string' && keepsBack(data)) return [];
        const { messages, refused } = read(data);
        for (const one of refused) {
          mayRead();
          tell(one);
        }
        const admitted = messages.filter(admit);
        if (admitted.length > 0) onAdmitted();
        return admitted;
      },
      encode(message) {
        onSending();
        const { id, result } = message as Answer;
        calls.delete(id);
        if (result === undefined || result.type === 'stopped') streams.delete(id);
        return JSON.stringify(message);
      },
    },
  };
}

/** What tRPC's adapter sends: a result, of which a stream has many and `stopped` as the last, or an error. */
interface Answer {
  readonly id: ClientMessage['id'];
  readonly result?: { readonly type: string };
}

function asTrpcError(because: unknown): TRPCError {
  return because instanceof TRPCError ? because : new TRPCError({ code: 'BAD_REQUEST', cause: because });
}
