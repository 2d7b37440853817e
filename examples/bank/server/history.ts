import { randomUUID } from 'node:crypto';
import type { InferEntity } from '@mikro-orm/core';
import { payees, type Payee } from './directory.ts';
import type { Payment } from './entities.ts';

export type PaymentRow = InferEntity<typeof Payment>;

const dayMilliseconds = 86_400_000;
const hourMilliseconds = 3_600_000;

/** What moves money on these days, so many days ago, about that hour. */
interface Habit {
  readonly from?: string;
  readonly to?: string;
  readonly with?: Pick<Payee, 'name'> & Partial<Payee>;
  readonly reference: string;
  readonly daysAgo: readonly number[];
  readonly hour: number;
  /** One for each day, in turn. */
  readonly cents: readonly number[];
}

const shop = (
  from: string,
  name: string,
  daysAgo: readonly number[],
  cents: readonly number[],
  hour = 13,
) => ({
  from,
  with: { name },
  reference: 'Card payment',
  daysAgo,
  hour,
  cents,
});

const habits: readonly Habit[] = [
  {
    to: 'ada-everyday',
    with: { name: 'Analytical Engines' },
    reference: 'Salary',
    daysAgo: [25],
    hour: 6,
    cents: [412_000],
  },
  {
    from: 'ada-everyday',
    with: payees.landlord,
    reference: 'Rent',
    daysAgo: [21],
    hour: 7,
    cents: [118_000],
  },
  {
    from: 'ada-everyday',
    with: payees.power,
    reference: 'Electricity',
    daysAgo: [18],
    hour: 7,
    cents: [6_480],
  },
  {
    from: 'ada-everyday',
    to: 'ada-savings',
    reference: 'Put aside',
    daysAgo: [24],
    hour: 8,
    cents: [40_000],
  },
  {
    from: 'ada-everyday',
    to: 'ada-holiday',
    reference: 'Lisbon',
    daysAgo: [24, 3],
    hour: 8,
    cents: [15_000, 9_000],
  },
  {
    from: 'nora-everyday',
    to: 'ada-everyday',
    reference: 'Concert tickets',
    daysAgo: [12],
    hour: 19,
    cents: [7_800],
  },
  {
    from: 'ada-everyday',
    to: 'emil-everyday',
    reference: 'Dinner on Friday',
    daysAgo: [5],
    hour: 22,
    cents: [3_450],
  },
  { from: 'ada-everyday', with: payees.piano, reference: 'Tuning', daysAgo: [9], hour: 11, cents: [9_500] },
  shop(
    'ada-everyday',
    'Corner Grocery',
    [29, 26, 22, 19, 15, 11, 8, 4, 1],
    [4_312, 2_795, 5_140, 1_986, 3_671],
  ),
  shop('ada-everyday', 'Café Ideal', [28, 23, 20, 14, 10, 6, 2, 0], [480, 690, 480, 1_120], 9),
  shop('ada-everyday', 'City Transport', [27, 13], [3_200], 8),
  shop('ada-everyday', 'Paper & Ink', [16, 7], [1_875, 2_490], 17),
  {
    to: 'nora-everyday',
    with: { name: 'Harbour Clinic' },
    reference: 'Salary',
    daysAgo: [26],
    hour: 6,
    cents: [365_000],
  },
  {
    from: 'nora-everyday',
    with: payees.landlord,
    reference: 'Rent',
    daysAgo: [21],
    hour: 7,
    cents: [97_000],
  },
  { from: 'nora-everyday', to: 'nora-savings', reference: 'Boat', daysAgo: [20], hour: 8, cents: [50_000] },
  {
    from: 'nora-everyday',
    with: payees.bikes,
    reference: 'Invoice 2291',
    daysAgo: [6],
    hour: 15,
    cents: [13_940],
  },
  shop('nora-everyday', 'Corner Grocery', [30, 25, 18, 12, 7, 3], [3_905, 6_120, 2_240], 18),
  shop('nora-everyday', 'Cinema Central', [17, 2], [2_400], 20),
  {
    to: 'emil-everyday',
    with: { name: 'State Theatre' },
    reference: 'Salary',
    daysAgo: [24],
    hour: 6,
    cents: [291_500],
  },
  {
    from: 'emil-everyday',
    with: payees.landlord,
    reference: 'Rent',
    daysAgo: [21],
    hour: 7,
    cents: [84_000],
  },
  {
    from: 'emil-everyday',
    to: 'emil-savings',
    reference: 'Put aside',
    daysAgo: [19],
    hour: 8,
    cents: [20_000],
  },
  shop('emil-everyday', 'Station Bakery', [30, 23, 16, 13, 9, 5, 1], [615, 890, 540], 7),
  shop('emil-everyday', 'Record Store', [15, 4], [2_900, 3_450], 16),
];

/** What the accounts have seen in the days before `now`. None of it was ever authorized: nobody had to. */
export function historyBefore(now: Date): PaymentRow[] {
  return habits.flatMap(({ from, to, with: payee, reference, daysAgo, hour, cents }) =>
    daysAgo.map((days, index) => ({
      id: randomUUID(),
      from: from ?? null,
      to: to ?? null,
      payeeName: payee?.name ?? null,
      payeeIban: payee?.iban ?? null,
      reference,
      amountCents: cents[index % cents.length] ?? 0,
      bookedAt: momentBefore(now, days, hour, index),
      authorizationRequestId: null,
    })),
  );
}

/** Within the day and never after `now`; the minutes differ, as they do. */
function momentBefore(now: Date, days: number, hour: number, index: number): Date {
  const midnight = now.getTime() - (now.getTime() % dayMilliseconds) - days * dayMilliseconds;
  const moment = midnight + hour * hourMilliseconds + ((days * 7 + index * 13) % 60) * 60_000;
  return new Date(Math.min(moment, now.getTime() - (index + 1) * 60_000));
}
