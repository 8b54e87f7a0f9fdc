// Older and newer Node, Bun and Deno: the same uses of a real engine. And what importing costs, in files rather than in time.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newestEngine } from './engines.mjs';
import { runtimes, setup } from './runtimes/setup.mjs';

const run = promisify(execFile);
const program = fileURLToPath(new URL('runtimes/program.mjs', import.meta.url));
const dist = fileURLToPath(new URL('../../node/dist', import.meta.url));

before(() => {
  setup();
});

for (const [name, [file, ...words]] of Object.entries(runtimes)) {
  test(name, async (t) => {
    const options = JSON.stringify({ socketPath: newestEngine().socket });
    const { stdout } = await run(file, [...words, program, options], { signal: t.signal });
    assert.match(stdout, /^ok end$/m);
  });
}

test('an import loads few files, and neither the native library nor what only some programs need', () => {
  const script = `
    const count = () => Object.keys(require.cache);
    const Docker = require(${JSON.stringify(path.join(dist, 'index.js'))});
    const imported = count();
    new Docker({ socketPath: '/x' });
    console.log(JSON.stringify({ imported, made: count() }));`;
  const { imported, made } = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
  const bytes = made.reduce((sum, file) => sum + readFileSync(file).length, 0);
  assert.ok(made.length <= 32, `${made.length} files`);
  assert.ok(bytes < 150_000, `${bytes} bytes`);
  for (const file of [...imported, ...made]) assert.ok(file.startsWith(dist), `${file} is loaded`);
  const rare = ['node-http.js', 'session.js', 'build-context.js', 'tar.js', 'cli.js', 'log-lines.js'];
  for (const name of rare) assert.ok(!made.includes(path.join(dist, name)), `${name} is loaded`);
});

test('every file has a source map that leads to its source', () => {
  const files = readdirSync(dist).filter((name) => /\.m?js$/.test(name));
  assert.ok(files.length > 30);
  for (const name of files) {
    assert.match(readFileSync(path.join(dist, name), 'utf8'), new RegExp(`sourceMappingURL=${name}.map`));
    const map = JSON.parse(readFileSync(path.join(dist, `${name}.map`), 'utf8'));
    for (const source of map.sources) assert.ok(existsSync(path.resolve(dist, source)), source);
  }
  const where = `require(${JSON.stringify(path.join(dist, 'util.js'))}).parseRepositoryTag(null)`;
  const failed = execFileSync(
    process.execPath,
    ['--enable-source-maps', '-e', `try { ${where} } catch (e) { console.log(e.stack) }`],
    {
      encoding: 'utf8',
    },
  );
  assert.match(failed, /node\/src\/util\.ts:\d+/);
});
