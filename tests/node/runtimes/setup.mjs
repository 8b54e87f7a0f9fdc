// Installs other JavaScript runtimes and two bundlers under target/runtimes, from npm, once.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('../../../target/runtimes', import.meta.url));
const arm = process.arch === 'arm64';
const node = `npm:node-linux-${process.arch}`;
// Bun's build for machines without AVX2 runs everywhere.
const bun = arm ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';
const deno = arm ? '@deno/linux-arm64-glibc' : '@deno/linux-x64-glibc';

const dependencies = {
  node18: `${node}@18.20.8`,
  node22: `${node}@22.23.3`,
  [bun]: '1.4.5',
  [deno]: '2.9.6',
  esbuild: '0.28.2',
  webpack: '5.112.2',
};

const modules = path.join(home, 'node_modules');

/** The runtimes by name: a program and its first arguments. */
export const runtimes = {
  'Node 18': [path.join(modules, 'node18/bin/node')],
  'Node 22': [path.join(modules, 'node22/bin/node')],
  Bun: [path.join(modules, bun, 'bin/bun')],
  Deno: [path.join(modules, deno, 'deno'), 'run', '--allow-all'],
};

const wanted = JSON.stringify({ private: true, dependencies });
const installed = path.join(home, '.installed');

function isReady() {
  return existsSync(installed) && readFileSync(installed, 'utf8') === wanted;
}

/** Makes them ready; gives the folder they are in. Of several processes that come at once, one installs and the others wait. */
export function setup() {
  mkdirSync(home, { recursive: true });
  if (!isReady()) {
    const command = [path.join(home, '.lock'), process.execPath, fileURLToPath(import.meta.url), 'install'];
    execFileSync('flock', command, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return home;
}

function install() {
  if (isReady()) return;
  rmSync(modules, { recursive: true, force: true });
  rmSync(path.join(home, 'package-lock.json'), { force: true });
  writeFileSync(path.join(home, 'package.json'), wanted);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', ...quiet], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(installed, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'install') install();
