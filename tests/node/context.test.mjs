// Build contexts: the same entries as the original's tar, and .dockerignore as the engine's own tools read it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const ours = require('../../node/dist/util.js');
const original = require('dockerode/lib/util');

async function pack(util, context) {
  const stream = await new Promise((resolve) => util.prepareBuildContext(context, resolve));
  const parts = [];
  for await (const part of stream) parts.push(part);
  return gunzipSync(Buffer.concat(parts));
}

/** What tar itself reads from an archive: mode, owner, size, name and link target of each entry. */
function list(archive) {
  return (
    execFileSync('tar', ['-tvf', '-', '--numeric-owner', '--full-time'], { input: archive, encoding: 'utf8' })
      .trim()
      .split('\n')
      // A directory's slash and a link's mode are matters of taste.
      .map((line) => line.replace(/\/$/, '').replace(/^l[rwx-]{9}/, 'lrwxrwxrwx'))
      .sort()
  );
}

function project() {
  const root = mkdtempSync(path.join(tmpdir(), 'dockline-context-'));
  mkdirSync(path.join(root, 'src/deep'), { recursive: true });
  mkdirSync(path.join(root, 'empty'));
  writeFileSync(path.join(root, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(path.join(root, 'src/a.js'), 'x'.repeat(1000));
  writeFileSync(path.join(root, 'src/deep/größe.txt'), 'ü');
  writeFileSync(path.join(root, 'src/deep/none'), '');
  writeFileSync(path.join(root, 'src', `${'long-name-'.repeat(12)}.txt`), 'long');
  chmodSync(path.join(root, 'src/a.js'), 0o755);
  symlinkSync('a.js', path.join(root, 'src/link'));
  return root;
}

test('the same entries as the original', async () => {
  const context = { context: project(), src: ['Dockerfile', 'src', 'empty'] };
  assert.deepEqual(list(await pack(ours, context)), list(await pack(original, context)));
  assert.deepEqual(context.src, ['Dockerfile', 'src', 'empty']);
});

test('contents survive', async () => {
  const root = project();
  const archive = await pack(ours, { context: root, src: ['src'] });
  const target = mkdtempSync(path.join(tmpdir(), 'dockline-untar-'));
  execFileSync('tar', ['-xf', '-', '-C', target], { input: archive });
  for (const name of ['src/a.js', 'src/deep/größe.txt', 'src/deep/none', 'src/link']) {
    assert.deepEqual(readFileSync(path.join(target, name)), readFileSync(path.join(root, name)), name);
  }
});

test('large files and many of them', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'dockline-context-'));
  const large = randomBytes(3_000_001);
  writeFileSync(path.join(root, 'large'), large);
  mkdirSync(path.join(root, 'many'));
  for (let number = 0; number < 1000; number++) writeFileSync(path.join(root, 'many', `${number}`), `${number}`);
  const archive = await pack(ours, { context: root });
  assert.equal(list(archive).length, 1002);
  const target = mkdtempSync(path.join(tmpdir(), 'dockline-untar-'));
  execFileSync('tar', ['-xf', '-', '-C', target], { input: archive });
  assert.deepEqual(readFileSync(path.join(target, 'large')), large);
  assert.equal(readFileSync(path.join(target, 'many/999'), 'utf8'), '999');
});

test('a file that cannot be read fails as Node itself would', { skip: process.platform === 'win32' }, async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'dockline-context-'));
  chmodSync(root, 0o755);
  writeFileSync(path.join(root, 'secret'), 'x', { mode: 0 });
  const wasRoot = process.geteuid() === 0;
  if (wasRoot) process.seteuid(65534);
  try {
    const failure = { code: 'EACCES', syscall: 'open', path: path.join(root, 'secret') };
    await assert.rejects(pack(ours, { context: root }), failure);
  } finally {
    if (wasRoot) process.seteuid(0);
  }
});

test('.dockerignore', async () => {
  const root = project();
  writeFileSync(path.join(root, '.dockerignore'), '# comment\nempty\n**/none\n/src/deep\n!src/deep/größe.txt\n');
  const names = list(await pack(ours, { context: root, src: ['Dockerfile', 'src', 'empty'] })).join('\n');
  assert.doesNotMatch(names, /empty|none/);
  assert.match(names, /src\/a\.js/);
  // tar prints other than ASCII names in octal.
  assert.match(names, /src\/deep\/gr/);
});

test('a missing entry fails the build, not the process', async () => {
  await assert.rejects(pack(ours, { context: project(), src: ['absent'] }), { code: 'ENOENT' });
});

/** What is left of three files. The original looks at folders alone; this is what `docker build` makes of the patterns. */
const IGNORE = [
  ['src', ['Dockerfile']],
  ['*/*.js', ['Dockerfile', 'src/deep/none']],
  ['**/none', ['Dockerfile', 'src/a.js']],
  ['**', []],
  ['*\n!Dockerfile', ['Dockerfile']],
  ['src\n!src/deep/none', ['Dockerfile', 'src/deep/none']],
  ['src/**\n!**/none\n/src/deep/', ['Dockerfile']],
  ['/src/', ['Dockerfile']],
  ['./empty/../src/a.js', ['Dockerfile', 'src/deep/none']],
  ['src/**/[a-n]*', ['Dockerfile']],
  ['SRC', ['Dockerfile', 'src/a.js', 'src/deep/none']],
  ['# src', ['Dockerfile', 'src/a.js', 'src/deep/none']],
];

for (const [text, left] of IGNORE) {
  test(`.dockerignore of ${JSON.stringify(text)}`, async () => {
    const root = project();
    writeFileSync(path.join(root, '.dockerignore'), text);
    const names = list(await pack(ours, { context: root })).map((line) => line.split(' ').at(-1));
    const looked = ['Dockerfile', 'src/a.js', 'src/deep/none'];
    assert.deepEqual(
      looked.filter((name) => names.includes(name)),
      left,
    );
  });
}
