import type { BusMessage } from '@countersign/core';
import { z } from 'zod';

const message = z.object({ id: z.string().max(200), after: z.string().max(200), row: z.string() });

export function writeMessage({ id, after, row }: BusMessage): string {
  return JSON.stringify({ id, after, row });
}

/** Null for what is none: others may write to the same subject. Whether it is ours is not said here. */
export function readMessage(text: string): BusMessage | null {
  try {
    return message.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
