import type { Diagnosis, Figures, Sealed } from '@countersign/core';
import { counted, lasting, type Finding } from './finding.ts';

const names: Readonly<Record<Sealed['what'], string>> = {
  factor: 'factor',
  method: 'method configuration',
  service_key: 'service key',
  token_key: 'token key',
  webhook: 'webhook endpoint',
};

/** Whether everything that only a secret opens can be opened by those that are configured. */
export function secretFindings({ sealed }: Diagnosis, { tokenKeyAgeSeconds: age }: Figures): Finding[] {
  return [
    sealed === null ? notSeen : secret(sealed),
    {
      name: 'token keys',
      state: 'ok',
      says:
        age === null
          ? 'none in the database: the first token makes them, or a key service has them'
          : `the active one mints since ${lasting(age)}`,
    },
  ];
}

const notSeen: Finding = {
  name: 'secret',
  state: 'note',
  says: 'what is sealed under which secret could not be read in time',
  wayOut: 'Ask again when the database is less busy; keep every earlier secret until then.',
};

function secret(sealed: readonly Sealed[]): Finding {
  const name = 'secret';
  const under = (by: Sealed['by']) => sealed.filter((one) => one.by === by);
  const [lost, old] = [under('unknown'), under('previous')];
  if (lost.length > 0)
    return {
      name,
      state: 'problem',
      says: `no configured secret opens ${listed(lost)}`,
      wayOut: 'Give the secret that they were made with, as the secret or among its `previous`.',
    };
  if (old.length > 0)
    return {
      name,
      state: 'note',
      says: `an earlier secret still opens ${listed(old)}`,
      wayOut:
        'Keep it among `previous`. Servers seal factors and methods anew; keys are exchanged by countersign keys rotate and service-key create.',
    };
  const says =
    sealed.length === 0 ? 'nothing is sealed yet' : `opens ${listed(sealed)}; no earlier one is needed`;
  return { name, state: 'ok', says };
}

function listed(sealed: readonly Sealed[]): string {
  return sealed.map(({ what, count }) => counted(count, names[what])).join(', ');
}
