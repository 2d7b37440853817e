import { useEffect, useState } from 'react';
import { now } from '../../runtime.ts';

/** Whole seconds until a moment of the server's, each second anew; at least 0. */
export function useSecondsUntil(moment: Date | null, skew: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return moment ? Math.max(0, Math.ceil((moment.getTime() - now() - skew) / 1_000)) : 0;
}
