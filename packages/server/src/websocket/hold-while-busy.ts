import { WebSocket } from 'ws';

const lookMilliseconds = 25;

/** Reads nothing more from a connection while it is busy: the other side's sending then stops by itself. */
export interface Hold {
  /** To be asked whenever the connection may have become busy. */
  whileBusy(): void;
  /**
   * Whether this message is kept back; it arrives once more when there is time for it. Pausing stops the network,
   * not what it has brought already: one chunk of 64 KiB holds a thousand small calls.
   */
  keeps(text: string): boolean;
}

export function createHold(socket: WebSocket, isBusy: () => boolean): Hold {
  let kept: string[] = [];
  let isPassing = false;

  const look = () => {
    if (socket.readyState !== WebSocket.OPEN) kept = [];
    isPassing = true;
    while (kept.length > 0 && !isBusy()) socket.emit('message', Buffer.from(kept.shift() ?? ''), false);
    isPassing = false;
    if (socket.readyState === WebSocket.OPEN && (kept.length > 0 || isBusy()))
      setTimeout(look, lookMilliseconds);
    else socket.resume();
  };

  return {
    whileBusy() {
      if (socket.isPaused || !isBusy()) return;
      socket.pause();
      setTimeout(look, lookMilliseconds);
    },
    keeps(text) {
      if (!socket.isPaused || isPassing) return false;
      kept.push(text);
      return true;
    },
  };
}
