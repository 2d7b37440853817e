import { eventTypes, type EventType } from '@countersign/core';
import { logEventLine } from '../event-line.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { inWords } from '../in-process/in-words.ts';
import { answer, answerJson, note } from '../tell.ts';
import { untilStopped } from '../until-stopped.ts';
import { followLog } from '../follow-log.ts';

export interface TailOptions extends InProcessOptions {
  readonly types?: string;
  readonly subject?: string;
  readonly from: string;
}

const options = {
  types: { option: '--types', expected: `some of ${eventTypes.join(', ')}` },
  subjectId: { option: '--subject', expected: 'the id of a subject, of 1 to 200 characters' },
  lastEventId: { option: '--from', expected: 'start, now, or the id of an event (evt_…)' },
};

/**
 * `countersign events tail`: the log, read from the database by this process, a line an event. What is printed is all
 * that is on standard output; with `--json` each line is the event, and the id of the last one is where to go on.
 */
export async function tail({ types, subject, from, json, db }: TailOptions): Promise<void> {
  const signal = untilReaderGone(untilStopped());
  await inProcess({ json, db }, async ({ core, service }) => {
    const filter = {
      // What is none of them, core says.
      ...(types !== undefined && { types: types.split(',').map((type) => type.trim()) as EventType[] }),
      ...(subject !== undefined && { subjectId: subject }),
    };
    const events = await inWords({ options }, () => followLog({ core, service, filter, from, signal }));
    if (!json) note('Following the log. Ctrl-C ends it.');
    for await (const event of events) {
      if (json) answerJson({ ...event });
      else answer(logEventLine(event));
    }
  });
}

/** Also when whoever the output is piped into has seen enough, such as `head`. */
function untilReaderGone(stopped: AbortSignal): AbortSignal {
  const gone = new AbortController();
  process.stdout.on('error', () => gone.abort());
  return AbortSignal.any([stopped, gone.signal]);
}
