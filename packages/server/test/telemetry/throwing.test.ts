import type { Span, TracerProvider } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSpans } from '../../src/telemetry/spans.ts';

function fails(): never {
  throw new Error('the exporter is broken');
}

/** As where a processor of the host's throws at every span. */
const broken = {
  getTracer: () => ({
    startSpan: () =>
      ({
        isRecording: () => true,
        setAttribute: fails,
        setAttributes: fails,
        setStatus: fails,
        end: fails,
      }) as object as Span,
  }),
} as object as TracerProvider;

it('what watches a call does not undo it, nor hide why it was refused, though it throws', async () => {
  const span = createSpans(broken, 1);
  const answered = span('consume', randomUUID(), async (one) => {
    one.set({ outcome: 'consumed' });
    return 'receipt';
  });
  expect(await answered).toBe('receipt');
  const refused = span('consume', randomUUID(), () => Promise.reject(new Error('refused')));
  await expect(refused).rejects.toThrow('refused');
});
