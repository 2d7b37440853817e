import type { Figures } from '@countersign/core';
import { counted, lasting, type Finding } from './finding.ts';

const lateSeconds = 60;
const owedSeconds = 3600;

/** Whether those who read the log have what happened. */
export function readerFindings(figures: Figures): Finding[] {
  return [...subscribers(figures), webhooks(figures), sweep(figures)];
}

function subscribers({ subscribers: all, logHorizonLagSeconds: held }: Figures): Finding[] {
  const name = 'subscribers';
  const parked = all.filter(({ isParked }) => isParked);
  // Nobody can read what the log does not show yet.
  const late = all.filter(({ isParked, lagSeconds }) => !isParked && lagSeconds - held > lateSeconds);
  if (parked.length + late.length === 0) {
    const says = all.length === 0 ? 'there are none' : `${counted(all.length, 'subscriber')} up to date`;
    return [{ name, state: 'ok', says }];
  }
  return [
    ...parked.map(({ name: called, failures }): Finding => ({
      name,
      state: 'problem',
      says: `"${called}" is parked at an event that it has failed at ${counted(failures, 'time')}`,
      wayOut: 'Mend what it fails at (operator.subscribers says what), then operator.resumeSubscriber.',
    })),
    ...late.map(({ name: called, lagSeconds, lagEvents }): Finding => ({
      name,
      state: 'problem',
      says: `"${called}" is ${lasting(lagSeconds)} behind, by ${lagEvents >= 1000 ? '1,000 events or more' : counted(lagEvents, 'event')}`,
      wayOut: 'Start a process that has it; one that runs says in its log why it fails.',
    })),
  ];
}

function webhooks({
  webhooks: { active, gone, failing, operator, waiting, oldestWaitingSeconds },
}: Figures): Finding {
  const name = 'webhooks';
  if (gone + failing > 0)
    return {
      name,
      state: 'problem',
      says: `${counted(gone + failing, 'endpoint was', 'endpoints were')} switched off: ${failing} failed for too long, ${gone} said 410`,
      wayOut: 'webhook.list names them; webhook.update switches one on again once it answers.',
    };
  if (oldestWaitingSeconds > owedSeconds)
    return {
      name,
      state: 'note',
      says: `${counted(waiting, 'delivery', 'deliveries')} wait, the oldest for ${lasting(oldestWaitingSeconds)}`,
      wayOut: 'webhook.deliveries says what came of each try.',
    };
  const off = operator > 0 ? `, ${operator} switched off by operators` : '';
  return {
    name,
    state: 'ok',
    says: `${counted(active, 'endpoint')}${off}; ${counted(waiting, 'delivery', 'deliveries')} on the way`,
  };
}

/** Expiry does not depend on it; tidiness does. */
function sweep({ sweepLagSeconds: lag }: Figures): Finding {
  const name = 'sweep';
  if (lag <= lateSeconds) return { name, state: 'ok', says: 'what nobody answered is swept' };
  return {
    name,
    state: 'note',
    says: lag === Infinity ? 'nothing was swept yet' : `nothing was swept for ${lasting(lag)}`,
    wayOut: 'Start a server whose setting sweep is on, as it is by default.',
  };
}
