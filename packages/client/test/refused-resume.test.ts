import { expect, it } from 'vitest';
import { openBank } from './support/bank.ts';
import { collect } from './support/collect.ts';

it.each(['websocket', 'sse'] as const)(
  'ends a stream over %s with the refusal when what it missed is not kept any more, and asks no more',
  async (transport) => {
    await using bank = await openBank({ transport });
    const { client, server } = bank;
    const { reader } = server.cs.core.event;
    const begun = reader.place.txid;
    const { id } = await client.authorizationRequest.create(bank.transferOf(100));
    await client.authorizationRequest.cancel({ id });
    await expect.poll(() => reader.place.txid).not.toBe(begun);
    const { items: events } = await client.event.list({ from: 'start' });
    // Months of the log are dropped, up to and with the last of these.
    await server.database.sql.query(
      `UPDATE countersign.installation SET pruned_until =
        (SELECT ROW(e.epoch, e.txid, e.sequence, e.id)::countersign.place FROM countersign.event e ORDER BY e.epoch DESC, e.txid DESC LIMIT 1)`,
    );
    const { items, ended } = collect(client.event.stream({ lastEventId: events[0]?.id }));
    await expect(ended).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { issues: [{ path: ['lastEventId'], code: 'cursor_out_of_retention' }] },
    });
    expect(items).toEqual([]);
  },
);
