import { z } from 'zod';
import { refuseInput } from '../error/refuse-input.ts';
import { assertHarmless } from '../trpc/harmless.ts';
import { transformer } from '../trpc/input-transformer.ts';
import { socketLimits } from './limits.ts';

/** A message of tRPC's socket protocol, its input read. */
export type ClientMessage = z.output<typeof message>;

/** A message that is not carried out, with its id when it has one that can be answered. */
export interface RefusedMessage {
  readonly id: ClientMessage['id'] | null;
  readonly because: unknown;
}

export interface MessagesRead {
  readonly messages: readonly ClientMessage[];
  readonly refused: readonly RefusedMessage[];
}

const { batchSizeMax, idLengthMax } = socketLimits;

const id = z.union([z.int(), z.string().min(1).max(idLengthMax)]);
const head = { id, jsonrpc: z.literal('2.0').optional() };
const message = z.union([
  z.object({
    ...head,
    method: z.enum(['query', 'mutation', 'subscription']),
    params: z.object({
      path: z.string().max(256),
      input: z.unknown().optional(),
      lastEventId: z.string().max(256).optional(),
    }),
  }),
  z.object({ ...head, method: z.literal('subscription.stop') }),
]);
const withId = z.object({ id });
const introduction = z.object({
  method: z.literal('connectionParams'),
  data: z.record(z.string().max(64), z.string().max(8192)).nullable(),
});

/** What tRPC's client sends first when it has connection parameters: texts by name, or null. */
export function readIntroduction(text: string): z.output<typeof introduction> {
  const given = parseJson(text);
  assertHarmless(given);
  const read = introduction.safeParse(given);
  if (!read.success) throw refuseInput('must be connection parameters: texts by name');
  return read.data;
}

/**
 * What a frame asks for, each by itself: a message that is none costs its neighbours nothing, and a refusal
 * goes to the call it belongs to. tRPC's own reading refuses the whole frame, and no call of it hears why.
 *
 * @throws CountersignError `invalid_input` when it is no JSON.
 */
export function readMessages(text: string): MessagesRead {
  const frame = parseJson(text);
  const items: readonly unknown[] = Array.isArray(frame) ? frame : [frame];
  if (items.length === 0 || items.filter(isCall).length > batchSizeMax) {
    return refuseAll(items, refuseInput(`a batch has 1 to ${batchSizeMax} calls`));
  }
  const read = items.map(readMessage);
  return {
    messages: read.filter((one) => 'method' in one),
    refused: read.filter((one) => 'because' in one),
  };
}

/** The same refusal for each that can be told; one for all when none has an id. */
function refuseAll(items: readonly unknown[], because: unknown): MessagesRead {
  const ids = items.map(idOf).filter((one) => one !== null);
  return { messages: [], refused: (ids.length > 0 ? ids : [null]).map((one) => ({ id: one, because })) };
}

function readMessage(item: unknown): ClientMessage | RefusedMessage {
  const read = message.safeParse(item);
  if (!read.success) return { id: idOf(item), because: refuseInput('is no message of tRPC') };
  const { data } = read;
  if (data.method === 'subscription.stop') return data;
  try {
    // Read here, where a refusal still knows its call; tRPC reads it once more and finds plain JSON.
    const { input, ...params } = data.params;
    const json = input === undefined ? undefined : transformer.input.deserialize(input);
    return { ...data, params: { ...params, input: { json } } };
  } catch (because) {
    return { id: data.id, because };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuseInput('is no JSON');
  }
}

/** Streams and their ends are no calls: their number has a limit of its own, and a client resumes all at once. */
function isCall(item: unknown): boolean {
  const { method } = (typeof item === 'object' && item !== null ? item : {}) as { method?: unknown };
  return method !== 'subscription' && method !== 'subscription.stop';
}

function idOf(item: unknown): ClientMessage['id'] | null {
  return withId.safeParse(item).data?.id ?? null;
}
