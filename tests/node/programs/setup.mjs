// Installs the programs of package.json under target/programs, with dockline in dockerode's place everywhere.
// The packages are fetched once; dockline is packed and unpacked again whenever it has changed.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '../../..');

/** Where the programs are installed. */
export const home = path.join(root, 'target', 'programs');

const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

function kept(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Packs dockline as it would be published. */
function pack() {
  const name = npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', home], root)
    .trim()
    .split('\n')
    .at(-1);
  const file = path.join(home, 'dockline.tgz');
  renameSync(path.join(home, name), file);
  return file;
}

/** Every place in the tree where something called dockerode is installed. */
function copies(folder) {
  const found = [];
  const modules = path.join(folder, 'node_modules');
  if (!existsSync(modules)) return found;
  for (const entry of readdirSync(modules)) {
    const packages = entry.startsWith('@')
      ? readdirSync(path.join(modules, entry)).map((one) => `${entry}/${one}`)
      : [entry];
    for (const name of packages) {
      const at = path.join(modules, name);
      if (name === 'dockerode') found.push(at);
      found.push(...copies(at));
    }
  }
  return found;
}

/** Makes target/programs ready; gives the folders that programs find as `dockerode`. */
export function setup() {
  mkdirSync(home, { recursive: true });
  const tarball = pack();
  const wanted = digest(path.join(here, 'package.json'));
  const installed = path.join(home, '.installed');
  if (kept(installed) !== wanted) {
    rmSync(path.join(home, 'node_modules'), { recursive: true, force: true });
    rmSync(path.join(home, 'package-lock.json'), { force: true });
    copyFileSync(path.join(here, 'package.json'), path.join(home, 'package.json'));
    npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], home);
    writeFileSync(installed, wanted);
    writeFileSync(path.join(home, '.packed'), digest(tarball));
  }
  const found = copies(home);
  if (kept(path.join(home, '.packed')) !== digest(tarball)) {
    for (const at of found) {
      rmSync(at, { recursive: true });
      mkdirSync(at);
      execFileSync('tar', ['-xzf', tarball, '-C', at, '--strip-components=1']);
    }
    writeFileSync(path.join(home, '.packed'), digest(tarball));
  }
  // Beside the programs' packages, so that their imports are resolved as in a project of their own.
  for (const name of readdirSync(here)) {
    if (name.endsWith('.program.mjs')) copyFileSync(path.join(here, name), path.join(home, name));
  }
  return found;
}
