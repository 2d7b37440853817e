import { eventCatalog, type EventView } from '@countersign/core';
import pc from 'picocolors';
import { printable } from './printable.ts';

const marks: Readonly<Record<string, (mark: string) => string>> = {
  granted: pc.green,
  consumed: pc.green,
  denied: pc.red,
  check_failed: pc.yellow,
  expired: pc.yellow,
};

/** One event in words: `14:03:22  transfer · ada   A dangerous operation waits for its authorization.` */
export function eventLine({ type, occurredAt, slug, subjectId, data }: EventView): string {
  const verb = type.slice(type.indexOf('.') + 1);
  const about = [slug, subjectId]
    .filter((part) => part !== null)
    .map((part) => printable(part).replaceAll('\n', ' '))
    .join(' · ');
  const details = detailsOf(data as Readonly<Record<string, unknown>>);
  const mark = (marks[verb] ?? pc.cyan)('●');
  const time = pc.dim(occurredAt.toTimeString().slice(0, 8));
  return `  ${time}  ${mark} ${about.padEnd(24)}  ${eventCatalog[type].summary}${details === '' ? '' : pc.dim(`  ${details}`)}`;
}

function detailsOf(data: Readonly<Record<string, unknown>>): string {
  const texts = [data['method'], data['sentTo'], data['reason']].filter((part) => typeof part === 'string');
  const attempts = typeof data['attemptsLeft'] === 'number' ? [`${data['attemptsLeft']} attempts left`] : [];
  return [...texts, ...attempts].map(printable).join(', ');
}
