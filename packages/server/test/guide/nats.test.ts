import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { interfaceMembers } from '../../../../scripts/interface-members.ts';
import { natsSettings } from '../../src/nats/settings.ts';
import { readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/nats.md');
const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

it('the table of the guide names every option and its default', () => {
  const rows = rowsOf(guide, 'option');
  const options = interfaceMembers('packages/server/src/nats/options.ts', 'NatsBusOptions');
  expect(rows.flatMap(([names = []]) => names).toSorted()).toEqual(options.toSorted());
  const { stream, name, replicas, ageSecondsMax, bytesMax } = natsSettings({ servers: 'nats://n' });
  for (const [option, value] of Object.entries({ stream, name, replicas, ageSecondsMax, bytesMax }))
    expect(guide.text).toMatch(new RegExp(`\\| \`${option}\` \\|[^|]+\\| \`?${value}\`? \\|`));
});

it('the nodes of the Compose file are given what a node asks for, and no secret is written in it', () => {
  const compose = read('deploy/nats/compose.yaml');
  const sources = read('packages/server/src/settings/sources.ts');
  const given = [...compose.matchAll(/^ {4}([A-Z_]+): (.+)$/gm)].map(([, variable = '']) => variable);
  expect(given).toContain('COUNTERSIGN_NATS_URL');
  for (const variable of given) expect(sources).toContain(`'${variable}'`);
  for (const [, value = ''] of compose.matchAll(/(?:PASSWORD|SECRET|KEY): (.+)$/gm))
    expect(value).toMatch(/^\$\{\w+:\?\}$/);
  const nodes = [...compose.matchAll(/^ {2}(node-\d): \*node$/gm)].map(([, node = '']) => node);
  expect(nodes).toHaveLength(3);
  for (const node of nodes) expect(read('deploy/nats/nginx.conf')).toContain(`server ${node}:4020;`);
});
