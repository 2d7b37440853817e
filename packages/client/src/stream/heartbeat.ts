import type { Timing } from './timing.ts';

export interface Heartbeat {
  /** Something arrived, so it lives. */
  heard(): void;
  stop(): void;
}

/** Calls `ask` after a silence, and `onSilent` when nothing answers. The time to be open runs from now. */
export function createHeartbeat(
  { openMilliseconds, silenceMilliseconds, answerMilliseconds }: Timing,
  ask: () => void,
  onSilent: () => void,
): Heartbeat {
  let timer = setTimeout(onSilent, openMilliseconds);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        ask();
        timer = setTimeout(onSilent, answerMilliseconds);
      }, silenceMilliseconds);
    },
    stop: () => clearTimeout(timer),
  };
}
