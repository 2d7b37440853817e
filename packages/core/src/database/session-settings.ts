import type { Options } from '@mikro-orm/postgresql';

/**
 * What our statements rely on, whatever the database's or the role's own defaults are: each is prepared and has
 * one good plan, planning anew costs more than running it; a statement that waited for a lock goes on with the
 * newest row (READ COMMITTED); dates are read in ISO form.
 */
const ours = [
  '-c plan_cache_mode=force_generic_plan',
  String.raw`-c default_transaction_isolation=read\ committed`,
  '-c datestyle=ISO,MDY',
];

/** An unused connection is closed by the pool after this, unless it is told otherwise. */
const idleMsDefault = 10_000;
/** How much longer PostgreSQL waits than the pool. */
const orphanMs = 20_000;

interface DriverOptions {
  readonly options?: string;
  readonly idleTimeoutMillis?: number;
  readonly min?: number;
}

export interface SessionSettings {
  /** The URL without settings of its own: `pg` would take them in place of ours. */
  readonly clientUrl: string | undefined;
  /** For `options` of the startup message: ours, and behind them those that were given, in the URL or beside it. */
  readonly text: string;
}

export function sessionSettings({ clientUrl, pool, driverOptions }: Options): SessionSettings {
  const driver = (driverOptions ?? {}) as DriverOptions;
  const { url, settings } = withoutSettings(clientUrl);
  const text = [...ours, orphanSetting({ ...pool, ...driver }), settings, driver.options];
  return { clientUrl: url, text: text.filter(Boolean).join(' ') };
}

/**
 * A connection whose node is gone without a word (a link that is down, a machine without power) holds its place for two
 * hours, and a hundred of them are all there are. The pool closes what it does not use; what stays unused for longer is
 * nobody's, and PostgreSQL ends it. A pool that keeps some of them has its connections left alone.
 */
function orphanSetting({
  idleTimeoutMillis: idleMs = idleMsDefault,
  min = 0,
}: Pick<DriverOptions, 'idleTimeoutMillis' | 'min'>): string {
  return idleMs > 0 && min === 0 ? `-c idle_session_timeout=${idleMs + orphanMs}` : '';
}

function withoutSettings(url: string | undefined): {
  readonly url: string | undefined;
  readonly settings: string | null;
} {
  const [, place = '', query] = /^([^?]*)\?(.*)$/s.exec(url ?? '') ?? [];
  const parameters = new URLSearchParams(query);
  const settings = parameters.get('options');
  if (settings === null) return { url, settings };
  parameters.delete('options');
  return { url: `${place}?${parameters.toString()}`, settings };
}
