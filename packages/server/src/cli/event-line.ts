import { eventCatalog, systemClock, type EventView } from '@countersign/core';
import pc from 'picocolors';
import type { EventWords } from '../dev/demo.ts';
import { printable } from './printable.ts';

const marks: Readonly<Record<string, (mark: string) => string>> = {
  granted: pc.green,
  consumed: pc.green,
  denied: pc.red,
  check_failed: pc.yellow,
  expired: pc.yellow,
};

const aboutWidth = 24;

/**
 * One event in words: `14:03:22  ● transfer · ada   A dangerous operation waits for its authorization.`, or in those of
 * whoever knows what it is about.
 */
export function eventLine(event: EventView, words: EventWords | null): string {
  const { type, occurredAt, slug, subjectId, data } = event;
  const mark = (marks[type.slice(type.indexOf('.') + 1)] ?? pc.cyan)('●');
  if (words !== null) return line(occurredAt, mark, words);
  const about = [slug, subjectId].filter((part) => part !== null).join(' · ');
  const details = detailsOf(data as Readonly<Record<string, unknown>>);
  const text = eventCatalog[type].summary;
  return line(occurredAt, mark, { about, text }) + (details === '' ? '' : pc.dim(`  ${details}`));
}

/** The same for who follows the log: with the type that filters it, and the id to go on after. */
export function logEventLine(event: EventView): string {
  return eventLine(event, null) + pc.dim(`  ${event.type}  ${event.id}`);
}

/** What was refused without an event: nothing has changed by it. */
export function toldLine(words: EventWords): string {
  return line(systemClock.now(), pc.red('●'), words);
}

function line(at: Date, mark: string, { about, text }: EventWords): string {
  const time = pc.dim(at.toTimeString().slice(0, 8));
  return `  ${time}  ${mark} ${oneLine(about).padEnd(aboutWidth)}  ${oneLine(text)}`;
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}

function detailsOf(data: Readonly<Record<string, unknown>>): string {
  const texts = [data['method'], data['sentTo'], data['reason']].filter((part) => typeof part === 'string');
  const attempts = typeof data['attemptsLeft'] === 'number' ? [`${data['attemptsLeft']} attempts left`] : [];
  return [...texts, ...attempts].map(printable).join(', ');
}
