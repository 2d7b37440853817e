import { useEffect, useState, type ReactNode } from 'react';
import { clockOf, longDayOf } from '../format/time.ts';

/** The time, as a phone that lies on the table shows it. */
export function Clock(): ReactNode {
  const now = useNow(1000);
  return (
    <p className="clock">
      <time dateTime={now.toISOString()}>{clockOf(now)}</time>
      <span>{longDayOf(now)}</span>
    </p>
  );
}

export function useNow(everyMilliseconds: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}
