// The package as it is published: packed, installed into an empty project under both names, required, imported, type-checked.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakeEngine } from './fake.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
let project;
let engine;

const inProject = (command, ...args) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

before(async () => {
  engine = await FakeEngine.start({ routes: [{ path: '/_ping', reply: { body: 'OK' } }] });
  project = mkdtempSync(path.join(tmpdir(), 'dockline-pack-'));
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', project], { cwd: root, encoding: 'utf8' }),
  );
  const { filename } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ dependencies: { dockline: `file:${filename}`, dockerode: `file:${filename}` } }),
  );
  inProject('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--silent');
});

after(async () => {
  await engine.stop();
  rmSync(project, { recursive: true, force: true });
});

function run(name, source) {
  writeFileSync(path.join(project, name), source);
  return inProject(process.execPath, name).trim();
}

const options = () => JSON.stringify(engine.options);

test('nothing is installed with it but what reads .dockerignore', () => {
  const installed = readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed.sort(), ['@balena', 'dockerode', 'dockline']);
  assert.deepEqual(readdirSync(path.join(project, 'node_modules/@balena')), ['dockerignore']);
});

test('require gives the class, under both names', () => {
  for (const name of ['dockline', 'dockerode']) {
    const said = run(
      'a.cjs',
      `const Docker = require('${name}'); new Docker(${options()}).ping().then((x) => console.log(Docker.name, String(x)));`,
    );
    assert.equal(said, 'Docker OK');
  }
});

test('import gives default and named', () => {
  const said = run(
    'b.mjs',
    `import Docker, { Container } from 'dockline';
    console.log(String(await new Docker(${options()}).ping()), Container === Docker.Container);`,
  );
  assert.equal(said, 'OK true');
});

test('paths of the original', () => {
  const said = run(
    'c.cjs',
    `console.log(typeof require('dockerode/lib/util').parseRepositoryTag, require('dockerode/lib/container').name,
    require('dockerode/lib/util.js').extend.name, require('dockerode/package.json').name);`,
  );
  assert.equal(said, 'function Container extend dockline');
});

test('types are found from CommonJS and from ES modules', () => {
  mkdirSync(path.join(project, 'types'), { recursive: true });
  writeFileSync(
    path.join(project, 'types', 'a.cts'),
    `import Docker = require('dockline');\nexport const d: Docker = new Docker();\nexport type C = Docker.ContainerInfo;\n`,
  );
  writeFileSync(
    path.join(project, 'types', 'b.mts'),
    `import Docker, { type ContainerInfo } from 'dockline';\nexport const d: Docker = new Docker();\nexport type C = ContainerInfo;\n`,
  );
  writeFileSync(
    path.join(project, 'types', 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        strict: true,
        noEmit: true,
        types: ['node'],
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
    }),
  );
  inProject(process.execPath, path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'types');
});
