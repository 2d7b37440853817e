/** The documents that are read out of the code: what it refuses, what it tells, what it can be asked. */
export { errorsDocument } from './generate-docs/errors.ts';
export { eventsDocument } from './generate-docs/events.ts';
export { proceduresDocument } from './generate-docs/procedures.ts';
