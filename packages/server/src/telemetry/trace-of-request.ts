import { TraceFlags, type SpanContext } from '@opentelemetry/api';

const shareBits = 2 ** 52;

/**
 * The trace of an authorization request, from its UUID alone: nothing is stored and nothing is sent along, and still the
 * call that asks, the proof from a phone and the consumption at a third place, hours and nodes apart, make one trace.
 *
 * Its 16 bytes are the trace id; the last 62 bits are random, as W3C Trace Context (Level 2, §3.2.2.3) wants the right
 * half to be. The parent of all steps is a span that nobody sends, named by the last eight bytes, which are never zero.
 *
 * @param share of all requests that is traced; decided by the random bits, so that every node decides alike.
 */
export function traceOfRequest(uuid: string, share: number): SpanContext {
  const traceId = uuid.replaceAll('-', '');
  const isTraced = Number.parseInt(traceId.slice(-13), 16) / shareBits < share;
  return {
    traceId,
    spanId: traceId.slice(-16),
    isRemote: true,
    traceFlags: isTraced ? TraceFlags.SAMPLED : TraceFlags.NONE,
  };
}
