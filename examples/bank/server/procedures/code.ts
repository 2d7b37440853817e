import type { SourceRegion } from '../source-region.ts';
import { t } from '../trpc.ts';
import type { CodeView } from '../views.ts';

/** “How is this guarded?” is answered by the files that run. */
export function createCodeRouter(regions: readonly SourceRegion[]) {
  return t.router({
    guarded: t.procedure.query((): readonly CodeView[] => regions),
  });
}
