// API versions: the checker by the shared vectors, the policies, what is asked of an engine and when, `negotiation()`, the doctor.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onEveryEngine } from './engines.mjs';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const cli = fileURLToPath(new URL('../../node/dist/cli.js', import.meta.url));
const run = promisify(execFile);
const { versions } = Docker;
delete process.env.DOCKLINE_ON_VERSION_MISMATCH;

const folder = new URL('../vectors/versions/', import.meta.url);
const sorted = (list) => list.map((one) => JSON.stringify(one)).sort();

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`vectors: ${file}`, () => {
    const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    assert.ok(cases.length > 0);
    for (const { id, api_version, method, path, query, headers, body, expect, unknown } of cases) {
      const request = { method, path, apiVersion: api_version, query, headers, body };
      const expected = expect === 'ok' ? [] : expect;
      assert.deepEqual(sorted(versions.check(request)), sorted(expected), id);
      if (unknown === undefined) continue;
      const all = versions.check({ ...request, unknown: true }).filter((finding) => finding.unknown);
      assert.deepEqual(sorted(all), sorted(unknown), id);
    }
  });
}

test('the checker refuses what is no request', () => {
  assert.throws(() => versions.check({ method: 'GET', path: '/info', apiVersion: 'new' }), {
    code: 'ERR_INVALID_ARG_VALUE',
    message: /"new" is not an API version/,
  });
});

test('changes of meaning, of requests and of fields in answers', () => {
  const [change] = versions.behaviours({ method: 'POST', path: '/volumes/prune', apiVersion: '1.42' });
  assert.equal(change.origin, 'API 1.42');
  const field = { method: 'GET', path: '/containers/x/json', field: 'NetworkSettings.IPAddress' };
  assert.match(versions.responseField({ ...field, apiVersion: '1.52' }), /IPAddress/);
  assert.equal(versions.responseField({ ...field, apiVersion: '1.51' }), undefined);
});

/** A fake engine whose answers tell its versions, as real ones do; `silent` ones do not. */
async function play(t, options, { api = '1.41', silent = false } = {}) {
  const headers = silent ? {} : { 'Api-Version': api, Server: 'Docker/20.10.24 (linux)' };
  const engine = await FakeEngine.start({
    engine: { version: '20.10.24', api_version: api, min_api_version: '1.12' },
    default: { headers, body: { json: { Id: 'c' } } },
  });
  t.after(() => engine.stop());
  return { engine, docker: new Docker({ ...engine.options, ...options }) };
}

/** What is warned of while `work` runs. */
async function warnings(work) {
  const seen = [];
  const listener = (warning) => seen.push(warning);
  process.on('warning', listener);
  try {
    await work();
    await turn();
    await turn();
  } finally {
    process.removeListener('warning', listener);
  }
  return seen;
}

const NEW = { Image: 'x', HostConfig: { Annotations: { a: 'b' } } };
const targets = async (engine) => (await engine.requests()).map(({ method, path }) => `${method} ${path}`);

test('what `run` sends by itself is not held against the program', async (t) => {
  const { docker, engine } = await play(t, { onVersionMismatch: 'error' });
  const ran = (VolumesFrom) => docker.run('x', ['y'], null, VolumesFrom && { VolumesFrom }).catch((error) => error);
  const refused = await ran(['other']);
  assert.equal(refused.name, 'InvalidVersion');
  assert.equal((await engine.requests()).filter(({ method }) => method === 'POST').length, 0);
  assert.notEqual((await ran())?.name, 'InvalidVersion');
  const [created] = (await engine.requests()).filter(({ method }) => method === 'POST');
  assert.deepEqual(created.body_json.VolumesFrom, []);
});

test('warn: once per call site, with a code, and without a request of its own', async (t) => {
  const { engine, docker } = await play(t);
  const seen = await warnings(async () => {
    for (let round = 0; round < 3; round++) await docker.createContainer(NEW);
    await docker.createContainer(NEW);
  });
  assert.equal(seen.length, 2);
  for (const warning of seen) {
    assert.equal(warning.code, 'DOCKLINE_VERSION_MISMATCH');
    assert.equal(warning.name, 'DocklineVersionWarning');
    assert.match(warning.message, /`HostConfig.Annotations` needs API 1.43 \(Engine 24.0.0\).*Engine 20.10.24/);
    assert.deepEqual(warning.finding, { in: 'body', path: 'HostConfig.Annotations', since: '1.43' });
    assert.ok(warning.stack.split('\n')[1].includes('versions.test.mjs'), warning.stack);
  }
  assert.deepEqual(await targets(engine), Array(4).fill('POST /containers/create'));
});

test('warn: with a version of our own the warning comes before the answer', async (t) => {
  const { docker } = await play(t, { version: 'v1.40' }, { silent: true });
  const warned = once(process, 'warning');
  docker.createContainer(NEW, () => undefined);
  const [warning] = await warned;
  assert.match(warning.message, /pinned by the option version/);
});

test('warn: callbacks, and an engine that never says its version', async (t) => {
  const { engine, docker } = await play(t, {}, { silent: true });
  const seen = await warnings(
    () => new Promise((resolve) => docker.createContainer(NEW, (error) => resolve(assert.equal(error, null)))),
  );
  assert.deepEqual(seen, []);
  assert.deepEqual(await targets(engine), ['POST /containers/create']);
});

test('error: nothing is sent but the question for the version, and that once', async (t) => {
  const { engine, docker } = await play(t, { onVersionMismatch: 'error' }, { silent: true });
  await docker.info();
  assert.deepEqual(await targets(engine), ['GET /info'], 'nothing in it to ask for');
  for (let round = 0; round < 2; round++) {
    await assert.rejects(docker.createContainer(NEW), (error) => {
      assert.equal(error.name, 'InvalidVersion');
      assert.equal(error.kind, 'version_mismatch');
      assert.deepEqual(error.findings, [{ in: 'body', path: 'HostConfig.Annotations', since: '1.43' }]);
      return true;
    });
  }
  assert.deepEqual(await targets(engine), ['GET /info', 'GET /version']);
  await docker.createContainer({ Image: 'x' });
  const calledBack = await new Promise((resolve) => docker.createContainer(NEW, (...all) => resolve(all)));
  assert.equal(calledBack[0].name, 'InvalidVersion');
});

test('error: an engine that is new enough', async (t) => {
  const { docker } = await play(t, { onVersionMismatch: 'error' }, { api: '1.51' });
  assert.equal((await docker.createContainer(NEW)).id, 'c');
});

test('the policy of a call, of the client, of the environment', async (t) => {
  const { engine, docker } = await play(t, { onVersionMismatch: 'error', version: 'v1.40' });
  const options = { ...NEW, onVersionMismatch: 'ignore' };
  assert.deepEqual(await warnings(() => docker.createContainer(options)), []);
  const [{ body_json }] = await engine.requests();
  assert.deepEqual(body_json, NEW, 'it is not sent');
  assert.equal(options.onVersionMismatch, 'ignore', 'nor taken away');

  process.env.DOCKLINE_ON_VERSION_MISMATCH = 'ignore';
  t.after(() => delete process.env.DOCKLINE_ON_VERSION_MISMATCH);
  const other = new Docker({ ...engine.options, version: 'v1.40' });
  assert.deepEqual(await warnings(() => other.createContainer(NEW)), []);
  await assert.rejects(other.createContainer({ ...NEW, onVersionMismatch: 'error' }), { name: 'InvalidVersion' });
  await assert.rejects(other.createContainer({ ...NEW, onVersionMismatch: 'shout' }), { kind: 'invalid_argument' });
});

test('an engine that is exchanged under a living client', async (t) => {
  const { engine, docker } = await play(t, { onVersionMismatch: 'error' });
  await docker.info();
  await assert.rejects(docker.createContainer(NEW), { name: 'InvalidVersion' });
  const headers = { 'Api-Version': '1.51', Server: 'Docker/28.5.2 (linux)' };
  await engine.scenario({ default: { headers, body: { json: { Id: 'd' } } } });
  await docker.info();
  assert.equal((await docker.createContainer(NEW)).id, 'd');
});

onEveryEngine(test, 'what is reported as ignored is what inspect shows missing', async (engine, t) => {
  const docker = new Docker({ socketPath: engine.socket });
  let container;
  t.after(() => container?.remove());
  const seen = await warnings(async () => {
    container = await docker.createContainer({
      Image: 'busybox:latest',
      HostConfig: { CgroupnsMode: 'private', Annotations: { a: 'b' } },
    });
  });
  const { HostConfig } = await container.inspect();
  const missing = ['CgroupnsMode', 'Annotations']
    .filter((name) => !HostConfig[name])
    .map((name) => `HostConfig.${name}`);
  assert.deepEqual(
    seen.map(({ finding }) => finding.path),
    missing,
  );
});

onEveryEngine(test, 'negotiation', async (engine) => {
  const seen = await new Docker({ socketPath: engine.socket }).negotiation();
  assert.equal(seen.result, engine.api);
  assert.equal(seen.engineMin, engine.min_api);
  assert.equal(seen.engineRelease, engine.release);
  assert.match(String(seen), new RegExp(`^API ${engine.api} .*Engine ${engine.release.replace('+', '.')}`));
  const pinned = await new Docker({ socketPath: engine.socket, version: 'v1.99' }).negotiation();
  assert.match(String(pinned), /^API 1.99 \(pinned by the option version, which the engine does not serve\)/);
});

onEveryEngine(test, 'doctor', async (engine) => {
  const { stdout } = await run(process.execPath, [cli, 'doctor', '--host', engine.host]);
  assert.match(stdout, /^ok +endpoint +unix:/m);
  assert.ok(stdout.includes(engine.release));
});

test('doctor: what is red makes the exit code 1, and a wrong word 2', async () => {
  const failing = run(process.execPath, [cli, 'doctor', '--json', '--host=unix:///nowhere/x.sock']);
  await assert.rejects(failing, (error) => {
    assert.equal(error.code, 1);
    const checks = error.stdout.trim().split('\n').map(JSON.parse);
    assert.ok(checks.some(({ outcome, fix }) => outcome === 'bad' && fix));
    return true;
  });
  await assert.rejects(run(process.execPath, [cli, 'cure']), { code: 2 });
  assert.match((await run(process.execPath, [cli, '--help'])).stdout, /doctor/);
});
