import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPages, type Pages } from './server/pages/open-pages.ts';

let root: string;
let notes: string[];

/** A checkout in small: an example with its pages, the client, a lockfile. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'countersign-pages-'));
  notes = [];
  await write('pnpm-lock.yaml', '');
  await write('packages/client/src/index.ts', 'export const client = 1;');
  await write('examples/bank/web/index.html', page('./main.ts'));
  await write('examples/bank/web/phone.html', page('./main.ts'));
  await write('examples/bank/web/main.css', 'body { color: red }');
  await write('examples/bank/web/main.ts', `import './main.css'; document.title = 'built' as string;`);
});
afterEach(() => rm(root, { recursive: true }));

const page = (script: string) =>
  `<!doctype html><title>Page</title><script type="module" src="${script}"></script><body></body>`;

async function write(path: string, text: string): Promise<void> {
  const file = join(root, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}

const open = (): Promise<Pages | null> =>
  openPages({ folder: join(root, 'examples/bank'), note: (text) => void notes.push(text) });

async function textAt(pages: Pages | null, path: string): Promise<string> {
  return (await pages?.answer('GET', path)?.text()) ?? '';
}

async function builds(): Promise<string[]> {
  return (await readdir(join(root, 'examples/bank/dist'))).filter((name) => /^[0-9a-f]{32}$/.test(name));
}

/** When each file of a build was written. */
async function writtenAt(build = ''): Promise<[string, number][]> {
  const folder = join(root, 'examples/bank/dist', build);
  const entries = await readdir(folder, { recursive: true });
  return await Promise.all(
    entries.map(async (name): Promise<[string, number]> => [name, (await stat(join(folder, name))).mtimeMs]),
  );
}

describe('the pages of the demo', () => {
  it('are built once, and again when something that they are made from has changed', async () => {
    const first = await open();
    expect(notes).toEqual(['Building the pages of the demo, once …']);
    const [built] = await builds();
    const madeAt = await writtenAt(built);
    expect(await textAt(await open(), '/phone')).toContain('<title>Page</title>');
    expect(await writtenAt(built)).toEqual(madeAt); // Not a file was made anew.
    expect(notes).toHaveLength(1);
    expect(first).not.toBeNull();

    for (const path of ['packages/client/src/index.ts', 'pnpm-lock.yaml', 'examples/bank/web/main.ts']) {
      await write(path, `// ${path}`);
      await open();
    }
    expect(notes).toHaveLength(4);
    expect(await builds()).toHaveLength(1);
    expect(await builds()).not.toEqual([built]);
  });

  it('run and load what was built with them, and nothing else', async () => {
    const pages = await open();
    const policyOf = (path: string) =>
      pages?.answer('GET', path)?.headers.get('content-security-policy') ?? '';
    for (const path of ['/', '/phone']) {
      const answer = pages?.answer('GET', path);
      const policy = answer?.headers.get('content-security-policy') ?? '';
      const html = (await answer?.text()) ?? '';
      const [, nonce] = /script-src 'nonce-([^']{24})';/.exec(policy) ?? [];
      expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'self'$/);
      expect(policy).not.toContain('unsafe');
      expect(policyOf(path)).not.toContain(nonce);
      const tags = [...html.matchAll(/<(?:script|style|link)[^>]*>/g)].map(([tag]) => tag);
      expect(tags.length).toBeGreaterThan(1);
      for (const tag of tags) {
        expect(tag).toContain(`nonce="${nonce}"`);
        const [, file = ''] = /(?:src|href)="([^"]+)"/.exec(tag) ?? [];
        expect(file).toMatch(/^\/bank\/assets\/[\w.-]+$/);
        expect(pages?.answer('GET', file)?.headers.get('cache-control')).toContain('immutable');
      }
    }
  });

  it('are all there is: no page below /bank, no other file, nothing that is sent', async () => {
    const pages = await open();
    for (const path of ['/index', '/bank/index.html', '/bank/', '/bank/../main.ts', '/other'])
      expect(pages?.answer('GET', path)).toBeNull();
    expect(pages?.answer('POST', '/')).toBeNull();
  });

  it('that cannot be built are no reason not to start: a sentence says why, and leaves nothing half made', async () => {
    await write('examples/bank/web/main.ts', `import './nowhere.ts';`);
    expect(await open()).toBeNull();
    expect(notes[1]).toMatch(/^The pages of the demo could not be built; the plain ones answer until /);
    expect(notes.slice(2).join(' ')).toMatch(/Could not resolve '\.\/nowhere\.ts'/);
    // oxlint-disable-next-line no-control-regex
    expect(notes.join(' ')).not.toMatch(/\u001b/);
    expect(await readdir(join(root, 'examples/bank/dist'))).toEqual([]);
    await write('examples/bank/web/main.ts', 'export {};');
    expect(await textAt(await open(), '/')).toContain('<title>Page</title>');
  });
});
