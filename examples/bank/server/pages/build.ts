import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** In the pages where a nonce belongs; each answer has another one. */
export const noncePlaceholder = '__COUNTERSIGN_NONCE__';

/**
 * Builds the pages into `directory`. Vite is loaded here and nowhere else: a start that finds its pages built does
 * without. What is half built is never found, since the directory takes its name last.
 *
 * @throws Error with what Vite says.
 */
export async function buildPages(web: string, parent: string, name: string): Promise<void> {
  const [{ build, defaultClientConditions }, { default: react }] = await Promise.all([
    import('vite'),
    import('@vitejs/plugin-react'),
  ]);
  await mkdir(parent, { recursive: true });
  const entries = (await readdir(web)).filter((file) => file.endsWith('.html'));
  const making = join(parent, `.${name}-${process.pid}`);
  try {
    await build({
      root: web,
      base: '/bank/',
      configFile: false,
      logLevel: 'silent',
      plugins: [react()],
      html: { cspNonce: noncePlaceholder },
      // The client from its sources in this checkout.
      resolve: { conditions: ['@countersign/source', ...defaultClientConditions] },
      build: {
        outDir: making,
        emptyOutDir: true,
        // A file is loaded; what is inlined would need its nonce as well.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: entries.map((file) => join(web, file)) },
      },
    });
    // Another process may have been faster with the same.
    await rename(making, join(parent, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}
