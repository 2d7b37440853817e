import { expect, it } from 'vitest';
import { compile, readGuide } from './program.ts';

/** A guide, and a mistake in its program that the compiler must not let pass. */
const guides: Readonly<Record<string, readonly [right: string, wrong: string, said: string]>> = {
  devices: ["algorithm: 'Ed25519'", "algorithm: 'RSA'", '"RSA"'],
  guard: ['amountCents: 2_000', 'amountCents: "2"', 'string'],
  nats: ['replicas: 3', "replicas: 'three'", "Type 'string'"],
  'own-method': ["binding: 'server'", "binding: 'strong'", '"strong"'],
  'scoped-tokens': ["preset: 'subject'", "preset: 'owner'", '"owner"'],
  subscribers: ['data.method', 'data.amount', 'amount'],
  webhooks: ['since: new Date', 'until: new Date', 'until'],
};

it('the programs of the guides compile as they stand there, and a mistake in one does not', async () => {
  const programs: Record<string, string> = {};
  for (const [name, [right, wrong]] of Object.entries(guides)) {
    // The suite of the guide for one's own method is a file of tests, which that guide's own test runs.
    const blocks = readGuide(`docs/guides/${name}.md`).blocks.filter(
      (block) => !block.includes('describeMethodContract'),
    );
    const program = blocks.join('\n');
    expect(program).toContain(right);
    programs[name] = program;
    programs[`${name}-mistaken`] = program.replace(right, wrong);
  }
  const said = await compile(programs);
  for (const [name, [, , mistake]] of Object.entries(guides)) {
    expect([name, said[name]]).toEqual([name, '']);
    expect(said[`${name}-mistaken`]).toContain(mistake);
  }
}, 120_000);
