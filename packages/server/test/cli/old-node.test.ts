import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oldNode } from '../../src/cli/old-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runCommand } from './run-command.ts';

const manifest = new URL('../../package.json', import.meta.url);
const { engines } = JSON.parse(readFileSync(manifest, 'utf8')) as { engines: { node: string } };

/** Another number, and a Node that fails at the first import of the program, as an old one does. */
const pretence = `
  import { registerHooks } from 'node:module';
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });
  registerHooks({
    resolve(name, context, next) {
      if (name.includes('program')) throw new SyntaxError('no export named findPackageJSON');
      return next(name, context);
    },
  });`;

describe('a Node that is too old', () => {
  it('is one below what the package asks for', () => {
    const needed = engines.node.replace('>=', '');
    const [major, minor] = needed.split('.').map(Number) as [number, number];
    for (const running of [`${needed}.0`, `${major}.${minor + 1}.0`, `${major + 1}.0.0`])
      expect(oldNode(running), running).toBeNull();
    for (const running of [`${major}.${minor - 1}.9`, `${major - 1}.99.0`, '9.0.0'])
      expect(oldNode(running)).toContain(`Node ${needed} or newer is needed; this is Node ${running}.`);
  });

  it('is told so before anything fails on it', { timeout: 60_000 }, async () => {
    await using folder = await temporaryDirectory();
    const script = `data:text/javascript;base64,${Buffer.from(pretence).toString('base64')}`;
    const ran = await runCommand(['--version'], {
      cwd: folder.path,
      env: { NODE_OPTIONS: `--import=${script}` },
    });
    expect(ran).toMatchObject({ code: 1, answer: '' });
    expect(ran.notes.trim()).toBe(oldNode('20.19.0'));
  });
});
