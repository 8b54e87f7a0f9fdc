// A program bundled by esbuild and by webpack, with the one line the guide asks for: dockline stays outside, under both its names.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakeEngine } from './fake.mjs';
import { setup } from './runtimes/setup.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
let [bundlers, project, engine] = [];

before(async () => {
  bundlers = createRequire(path.join(setup(), 'x.cjs'));
  engine = await FakeEngine.start({ routes: [{ path: '/_ping', reply: { body: 'OK' } }] });
  project = mkdtempSync(path.join(tmpdir(), 'dockline-bundle-'));
  mkdirSync(path.join(project, 'node_modules'));
  mkdirSync(path.join(project, 'out'));
  for (const name of ['dockline', 'dockerode']) symlinkSync(root, path.join(project, 'node_modules', name));
  const main = (imports, body) =>
    `${imports}\nimport { words } from './words.mjs';\n${body}\nawaited().then((said) => console.log(words, said));\n`;
  const ping = `const awaited = async () => [String(await new Docker(${JSON.stringify(engine.options)}).ping()), Docker.name];`;
  writeFileSync(path.join(project, 'words.mjs'), `export const words = 'bundled';\n`);
  for (const name of ['dockline', 'dockerode'])
    writeFileSync(path.join(project, `${name}.mjs`), main(`import Docker from '${name}';`, ping));
});

after(async () => {
  await engine.stop();
  rmSync(project, { recursive: true, force: true });
});

/** Runs the bundle where its sources are not; dockline is all that is installed. */
function check(file) {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes('bundled'), 'it is one file');
  assert.ok(text.length < 20_000, `${text.length} bytes: dockline is inside`);
  const said = execFileSync(process.execPath, [file], { encoding: 'utf8' });
  assert.equal(said, "bundled [ 'OK', 'Docker' ]\n");
}

for (const name of ['dockline', 'dockerode']) {
  for (const format of ['cjs', 'esm']) {
    test(`esbuild, ${format}, as ${name}`, () => {
      const out = path.join(project, 'out', `esbuild-${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
      const words = ['--bundle', '--platform=node', `--format=${format}`, `--external:${name}`, `--outfile=${out}`];
      const program = path.join(path.dirname(bundlers.resolve('esbuild/package.json')), 'bin/esbuild');
      execFileSync(program, [path.join(project, `${name}.mjs`), ...words, '--log-level=warning'], { cwd: project });
      check(out);
    });
  }

  test(`webpack, as ${name}`, async () => {
    const webpack = bundlers('webpack');
    const filename = `webpack-${name}.cjs`;
    const stats = await new Promise((resolve, reject) =>
      webpack(
        {
          mode: 'development',
          devtool: false,
          target: 'node18',
          entry: path.join(project, `${name}.mjs`),
          output: { path: path.join(project, 'out'), filename },
          externals: { [name]: `commonjs ${name}` },
        },
        (error, result) => (error ? reject(error) : resolve(result)),
      ),
    );
    assert.deepEqual(stats.toJson({ errors: true, warnings: true }).errors, []);
    check(path.join(project, 'out', filename));
  });
}

test('inside a bundle, the error names the library that is missing', () => {
  const out = path.join(project, 'out', 'inside.cjs');
  const program = path.join(path.dirname(bundlers.resolve('esbuild/package.json')), 'bin/esbuild');
  const words = ['--bundle', '--platform=node', '--format=cjs', `--outfile=${out}`, '--log-level=error'];
  execFileSync(program, [path.join(project, 'dockline.mjs'), ...words], { cwd: project });
  assert.ok(existsSync(out));
  const script = `process.once('unhandledRejection', (e) => console.log(e.code, e.message)); require(${JSON.stringify(out)})`;
  const said = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  assert.match(said, /^ERR_DOCKLINE_NATIVE .*dockline\.[a-z0-9-]+\.node does not exist/);
});
