import type { Binding } from './binding.ts';
import {
  declaredSlug,
  type CoreMeasures,
  type Declared,
  type LabelsOf,
  type Span,
  type Telemetry,
} from './telemetry.ts';

type RequestLabels = LabelsOf<CoreMeasures['requests']>;

/** What became of a request, for whoever counts. */
export interface Transition {
  readonly outcome: RequestLabels['outcome'];
  readonly slug: string;
  /** By which method; null: by none. */
  readonly method: Declared;
  readonly reason?: string | null;
  readonly binding?: Binding | null;
  /** Since what went before: the creation of what was granted, the grant of what was consumed. */
  readonly since?: Date | null;
  readonly at?: Date | null;
}

interface Counting {
  readonly telemetry: Telemetry;
  readonly operations: { get(slug: string): unknown };
}

/** Counts a transition that is committed, and says in its span what it was. */
export function countTransition(counting: Counting, transition: Transition, span: Span): void {
  const { telemetry } = counting;
  const { outcome, method, binding = null, since = null, at = null } = transition;
  const slug = declaredSlug(counting, transition.slug);
  telemetry.add('requests', { outcome, slug, method, reason: denialOf(transition) });
  span.set({ outcome, slug, method, ...(binding !== null && { binding }) });
  if (since === null || at === null) return;
  const seconds = Math.max(0, at.getTime() - since.getTime()) / 1000;
  if (outcome === 'granted')
    telemetry.observe('grant_seconds', seconds, { slug, method, binding: binding ?? 'none' });
  if (outcome === 'consumed') telemetry.observe('consume_seconds', seconds, { slug });
}

function denialOf({ reason }: Transition): RequestLabels['reason'] {
  return reason === 'declined' || reason === 'not_me' || reason === 'attempts_exhausted' ? reason : 'none';
}
