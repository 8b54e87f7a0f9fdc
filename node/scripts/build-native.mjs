// Builds the napi crate with cargo and puts the library where node/native.cjs looks for it.
// `--debug` builds without optimisation; `CARGO_BUILD_TARGET` is honoured by cargo itself.
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { platformName } = createRequire(import.meta.url)('../native.cjs').dockline;
const debug = process.argv.includes('--debug');

const args = ['build', '--package', 'dockline-node', '--message-format', 'json-render-diagnostics'];
if (!debug) args.push('--release');
const built = spawnSync('cargo', args, {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 1 << 28,
});
if (built.error) {
  console.error(`cargo could not be started (${built.error.message}); install Rust from https://rustup.rs`);
  process.exit(1);
}
if (built.status !== 0) process.exit(built.status ?? 1);

const library = built.stdout
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .filter((message) => message.reason === 'compiler-artifact' && message.target.name === 'dockline_node')
  .flatMap((message) => message.filenames)
  .find((file) => /\.(so|dylib|dll)$/.test(file));
if (!library) {
  console.error('cargo finished, but named no dynamic library of dockline-node');
  process.exit(1);
}

const target = path.join(root, 'node', `dockline.${platformName()}.node`);
// Through a rename, so that a process that has the old library mapped keeps a whole file.
copyFileSync(library, `${target}.new`);
renameSync(`${target}.new`, target);
console.log(`${path.relative(root, target)} (${debug ? 'debug' : 'release'})`);
