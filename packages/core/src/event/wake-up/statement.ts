import { statement } from '../../database/statement.ts';

/** The same in every installation: notifications stay within their database. */
export const channel = 'countersign';

/** One round trip; commits by itself, so it is heard at once. Never within a transaction (docs/adr/0029). */
export const sendNotification = statement<{ payload: string }, object>(
  'wake_up',
  `SELECT pg_notify('${channel}', :payload)`,
);

/** Not prepared: these are for one connection, which does nothing else. */
export const listenText = `LISTEN ${channel}`;
export const signOfLifeText = 'SELECT 1';
