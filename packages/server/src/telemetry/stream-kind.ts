import type { LabelsOf } from '@countersign/core';
import type { Measures } from './measures.ts';

/** What a stream tells of, by the end of the path of its procedure: a host may have nested ours. */
export function streamKindOf(path: string | undefined): LabelsOf<Measures['streams']>['kind'] {
  if (path?.endsWith('event.stream') === true) return 'event';
  return path?.endsWith('authorizationRequest.watch') === true ? 'request' : 'other';
}
