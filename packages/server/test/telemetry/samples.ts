export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly help: string;
  readonly type: string;
}

const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const sampleLine = new RegExp(
  String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(${label}(?:,${label})*)\})? (\+Inf|-Inf|NaN|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`,
);

/**
 * Reads Prometheus' text format 0.0.4, strictly: a family has its help and type before its first sample and once, no
 * series stands twice, counters end in `_total`, and a line that is none of these is an error.
 */
export function readSamples(text: string): {
  readonly samples: readonly Sample[];
  readonly families: ReadonlyMap<string, Family>;
} {
  const families = new Map<string, { help: string; type: string }>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, keyword, about = '', rest = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(about)) throw new Error(`${about} has two families`);
      families.set(about, { help: rest, type: '' });
      continue;
    }
    if (keyword === 'UNIT') continue;
    const family = families.get(about);
    if (keyword === 'TYPE' && family) {
      if (!/^(?:counter|gauge|histogram)$/.test(rest)) throw new Error(`${about} is a ${rest}`);
      if ((rest === 'counter') !== about.endsWith('_total'))
        throw new Error(`${about} is a ${rest} by its name`);
      family.type = rest;
      continue;
    }
    samples.push(sampleOf(line, families, seen));
  }
  return { samples, families };
}

function sampleOf(line: string, families: ReadonlyMap<string, Family>, seen: Set<string>): Sample {
  const [, name, labels = '', value] = sampleLine.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`this is no sample: ${line}`);
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  if (!family?.type) throw new Error(`${name} has no family`);
  const series = `${name}{${labels}}`;
  if (seen.has(series)) throw new Error(`${series} stands twice`);
  seen.add(series);
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
    key,
    text,
  ]);
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: number };
}
