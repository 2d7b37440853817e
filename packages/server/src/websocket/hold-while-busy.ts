import { WebSocket } from 'ws';

const lookMilliseconds = 25;

/** Reads nothing more from a connection until it is no longer busy: the other side's sending then stops by itself. */
export function holdWhileBusy(socket: WebSocket, isBusy: () => boolean): void {
  if (socket.isPaused || !isBusy()) return;
  socket.pause();
  const look = () => {
    if (isBusy() && socket.readyState === WebSocket.OPEN) setTimeout(look, lookMilliseconds);
    else socket.resume();
  };
  setTimeout(look, lookMilliseconds);
}
