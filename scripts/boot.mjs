#!/usr/bin/env node
/**
 * `npm start`, `npm test` and their siblings on a machine with nothing but Node 20 and npm.
 *
 * Installs what the lockfile says when that has changed, by the one pnpm this repository was made with;
 * puts node_modules/.bin first on PATH, where a newer Node lies that came from the registry like
 * everything else; and runs the command there. Depends on nothing, and runs on Node 20.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const pnpm = manifest.packageManager;
/** The first Node 22 that runs TypeScript as it is. */
const nodeNeeded = [22, 18];

/** What runs for each npm script; what stands behind `--` on the command line is appended. */
const commands = {
  start: ['packages/server/src/main.ts', 'dev', '--demo', 'examples/bank/demo.ts'],
  test: ['scripts/test.ts'],
  check: ['scripts/check.ts'],
  proof: ['scripts/proof.ts'],
  bench: ['bench/main.ts'],
  build: ['scripts/build.ts'],
  generate: ['scripts/generated.ts'],
  format: ['node_modules/oxfmt/bin/oxfmt'],
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
main(process.argv[2] ?? '', process.argv.slice(3));

function main(name, args) {
  const command = commands[name];
  if (command === undefined) fail(`Say one of: ${Object.keys(commands).join(', ')}.`);
  installWhenNeeded();
  const node = chooseNode();
  run(node, ['--conditions=@countersign/source', ...command, ...args]);
}

/** Everything an install depends on, in one hash; written into node_modules after a successful one. */
function installWhenNeeded() {
  const stamp = join('node_modules', '.countersign-install');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  const started = performance.now();
  console.error(`Installing dependencies with ${pnpm} (the first time takes about 20 seconds) …`);
  const { status, error, stdout, stderr } = spawnSync(
    'npx',
    ['--yes', pnpm, 'install', '--frozen-lockfile'],
    {
      encoding: 'utf8',
      env: { ...process.env, CI: 'true' }, // never ask anything
    },
  );
  if (status !== 0) {
    console.error(stdout ?? '', stderr ?? '');
    fail(`The installation failed${error === undefined ? '' : `: ${error.message}`}. Nothing was started.`);
  }
  mkdirSync('node_modules', { recursive: true });
  writeFileSync(stamp, wanted);
  console.error(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const parents = ['packages', 'examples'].filter((parent) => existsSync(parent));
  const members = parents.flatMap((parent) =>
    readdirSync(parent)
      .sort()
      .map((name) => join(parent, name)),
  );
  const manifests = ['.', 'bench', ...members].map((folder) => join(folder, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    if (existsSync(file)) hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** The Node that the lockfile brought, or the one that runs this when it is new enough. */
function chooseNode() {
  const brought = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(brought)) return brought;

  const [major, minor] = process.versions.node.split('.').map(Number);
  const [majorNeeded, minorNeeded] = nodeNeeded;
  if (major > majorNeeded || (major === majorNeeded && minor >= minorNeeded)) return process.execPath;
  return fail(
    `This is Node ${process.versions.node}, Node ${nodeNeeded.join('.')} or newer is needed, and none could be ` +
      `installed for ${process.platform}-${process.arch}. Install one from https://nodejs.org and run this again.`,
  );
}

function run(node, args) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  // Compiled modules are kept: loading them is most of what a second start does.
  const compiled = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'compiled');
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: compiled };
  const child = spawn(node, args, { stdio: 'inherit', env });
  child.once('error', (error) => fail(`${node} does not run here: ${error.message}`));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C reaches every process of the terminal by itself; twice would look like impatience.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes SIGTERM to a shell in between, which ends without passing it on: notice being an orphan.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 200).unref();
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
