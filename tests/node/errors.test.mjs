// Errors: code, kind, what went wrong and what to do, beside dockerode's own shape; failures inside streams; retry; odd bytes.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { onEveryEngine } from './engines.mjs';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Original = require('dockerode');
const Docker = require('../../node/dist/index.js');
const { codeOf, fromNative } = require('../../node/dist/errors.js');
const { kindTable, errorKinds } = require('../../node/dist/native.js');

const IMAGE = 'busybox:latest';

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('this had to fail');
}

async function fake(t, scenario) {
  const engine = await FakeEngine.start(scenario);
  t.after(() => engine.stop());
  return engine;
}

test('every kind has a code, a meaning and a hint', () => {
  const table = kindTable();
  assert.deepEqual(
    table.map(([kind]) => kind),
    errorKinds(),
  );
  const own = new Set();
  for (const [kind, family, retry, meaning, hint] of table) {
    const error = fromNative({ kind, family, message: 'said', hint });
    assert.equal(error.kind, kind);
    assert.match(
      error.code,
      /^(DOCKER_[A-Z_]+|E[A-Z]+|ABORT_ERR|ERR_INVALID_ARG_VALUE|ERR_TLS_[A-Z_]+|(CERT|UNABLE)_[A-Z_]+)$/,
    );
    assert.ok(meaning.endsWith('.') && hint && ['never', 'always', 'if_harmless'].includes(retry), kind);
    assert.ok(inspect(error).includes(hint), kind);
    if (error.code.startsWith('DOCKER_')) own.add(error.code);
  }
  assert.ok(own.size > 120, 'a code per kind');
});

test('an error has the shape of the original', async (t) => {
  const words = 'No such container: x';
  const engine = await fake(t, { default: { status: 404, body: { json: { message: words } } } });
  const ours = await failure(new Docker(engine.options).getContainer('x').inspect());
  const theirs = await failure(new Original(engine.options).getContainer('x').inspect());
  assert.equal(ours.message, theirs.message);
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
  assert.equal(JSON.stringify(ours), JSON.stringify(theirs));
  assert.deepEqual(ours, theirs);
  assert.equal(ours.code, 'DOCKER_CONTAINER_NOT_FOUND');
  assert.equal(ours.kind, 'container_not_found');
  assert.equal(ours.family, 'missing');
  assert.equal(ours.explanation, 'There is no container "x".');
  assert.deepEqual({ ...ours.fields }, { container: 'x' });
  assert.equal(ours.retryable, false);
  assert.equal(ours.method, 'GET');
  assert.equal(ours.path, '/containers/x/json');
  assert.match(ours.endpoint, /^unix:\/\//);
  const shown = inspect(ours);
  assert.ok(shown.includes(ours.explanation) && shown.includes(ours.hint) && shown.includes('statusCode: 404'), shown);
});

test('words nobody knows keep the plain kind', async (t) => {
  const engine = await fake(t, { default: { status: 500, body: { json: { message: 'never seen before' } } } });
  const error = await failure(new Docker(engine.options).info());
  assert.equal(error.kind, 'server_error');
  assert.equal(error.code, 'DOCKER_SERVER_ERROR');
  assert.equal(error.message, '(HTTP code 500) server error - never seen before ');
});

test('a pull that fails inside its stream says whether it was anonymous', async (t) => {
  const words = "pull access denied for a/b, repository does not exist or may require 'docker login'";
  const lines = [{ status: 'Pulling' }, { error: words, errorDetail: { message: words } }];
  const engine = await fake(t, { default: { framing: 'chunked', body: { json_lines: lines } } });
  const docker = new Docker(engine.options);
  const followed = async (options) => {
    const stream = await docker.pull('reg.example/a/b', options);
    return new Promise((resolve) => {
      docker.modem.followProgress(stream, (error) => resolve(error));
    });
  };
  const anonymous = await followed({});
  assert.equal(anonymous.message, words);
  assert.equal(anonymous.code, 'DOCKER_PULL_ACCESS_DENIED');
  assert.equal(anonymous.fields.anonymous, 'true');
  assert.equal(anonymous.fields.registry, 'reg.example');
  const named = await followed({ authconfig: { username: 'ann', password: 'sesame', serveraddress: 'reg.example' } });
  assert.equal(named.fields.credential_user, 'ann');
  assert.ok(!inspect(named, { showHidden: true }).includes('sesame'));
});

test('a build that fails names its step', async (t) => {
  const words = "The command '/bin/sh -c exit 7' returned a non-zero code: 7";
  const lines = [
    { stream: 'Step 1/2 : FROM busybox\n' },
    { stream: 'Step 2/2 : RUN exit 7\n' },
    { stream: 'oh\n' },
    { error: words, errorDetail: { code: 7, message: words } },
  ];
  const engine = await fake(t, { default: { framing: 'chunked', body: { json_lines: lines } } });
  const docker = new Docker(engine.options);
  const stream = await docker.buildImage(Buffer.from('x'), {});
  const error = await new Promise((resolve) => {
    docker.modem.followProgress(stream, (failed) => resolve(failed));
  });
  assert.equal(error.code, 'DOCKER_BUILD_STEP_FAILED');
  const { step, steps, instruction, code } = error.fields;
  assert.deepEqual([step, steps, instruction, code], ['2', '2', 'RUN exit 7', '7']);
  assert.match(error.fields.log_tail, /oh$/);
});

test('retry repeats reads, never what may have acted, and is off by default', async (t) => {
  const lost = { faults: { cut: { after: 0, in: 'head', how: 'fin' } } };
  const scenario = {
    routes: [
      { path: '/info', times: 2, reply: { status: 503, body: { json: { message: 'not now' } } } },
      { path: '/info', reply: { body: { json: { ID: 'x' } } } },
      { path: '/containers/create', reply: lost },
    ],
  };
  const engine = await fake(t, scenario);
  const plain = await failure(new Docker(engine.options).info());
  assert.deepEqual([plain.kind, plain.retryable], ['unavailable', true]);
  await engine.scenario(scenario);
  await engine.clear();
  const docker = new Docker({ ...engine.options, retry: { attempts: 3, backoff: 1 } });
  assert.deepEqual(await docker.info(), { ID: 'x' });
  assert.equal((await engine.requests()).length, 3);
  await engine.clear();
  const error = await failure(docker.createContainer({ Image: 'x' }));
  assert.deepEqual([error.code, error.kind, error.retryable], ['ECONNRESET', 'connection_lost', false]);
  assert.equal((await engine.requests()).length, 1);
  const wrong = new Docker({ ...engine.options, retry: { attempts: 2, kinds: ['nonsense'] } });
  assert.match((await failure(wrong.info())).message, /nonsense/);
});

test('an abort ends the wait between two attempts', async (t) => {
  const engine = await fake(t, { default: { status: 503, body: { json: { message: 'not now' } } } });
  const docker = new Docker({ ...engine.options, retry: { attempts: 9, backoff: 3600_000, maxBackoff: 3600_000 } });
  const controller = new AbortController();
  const pending = failure(docker.listContainers({ abortSignal: controller.signal }));
  while ((await engine.requests()).length === 0);
  controller.abort();
  assert.equal((await pending).name, 'AbortError');
});

const long = 'x'.repeat(1 << 20);
const ODD = [
  ...['\u0000', '\u0001\u001b[31m', '\ud800', 'a\udfffb', '\r\n', '"', '\\', '\u2028', '\ufeff', '%00', '𝒳', '{', long],
  ...Array.from(
    { length: 480 },
    (_, at) => `${String.fromCharCode((at * 137) % 0x10000)}odd${String.fromCodePoint(at)}`,
  ),
];

test('500 odd labels, names and messages get through every call', async (t) => {
  assert.ok(ODD.length >= 490);
  const engine = await fake(t, { default: {} });
  const docker = new Docker(engine.options);
  const labels = Object.fromEntries(ODD.map((text, at) => [`l${at}`, text]));
  const value = { Id: 'x', Labels: labels, Names: ODD, State: { Error: ODD[0] } };
  await engine.scenario({ default: { body: { text: JSON.stringify(value) } } });
  assert.deepEqual(await docker.getContainer('x').inspect(), JSON.parse(JSON.stringify(value)));
  for (const text of ODD) {
    await engine.scenario({ default: { status: 409, body: { text: JSON.stringify({ message: text }) } } });
    const error = await failure(docker.getContainer('x').inspect());
    assert.equal(error.statusCode, 409);
    assert.ok(error.code && error.kind && error.hint && inspect(error));
  }
  for (const body of [
    '{"message": "\\ud800"}',
    '{"message"',
    '{"message": 3}',
    '[]',
    'null',
    '',
    '\u0000',
    '{"message": null}',
  ]) {
    await engine.scenario({ default: { status: 500, body: { text: body } } });
    const error = await failure(docker.getContainer('x').inspect());
    assert.equal(error.statusCode, 500, body);
    assert.equal(error.kind, 'server_error', body);
  }
  await engine.scenario({ default: { status: 500, body: { hex: 'ff fe 00 80 c3 28' } } });
  assert.equal((await failure(docker.info())).kind, 'server_error');
});

const KINDS = [
  ['container_not_found', (docker) => docker.getContainer('nope').inspect()],
  ['image_not_found', (docker) => docker.getImage('nope').inspect()],
  ['network_not_found', (docker) => docker.getNetwork('nope').inspect()],
  ['volume_not_found', (docker) => docker.getVolume('nope').inspect()],
  ['exec_not_found', (docker) => docker.getExec('nope').inspect()],
  ['plugin_not_found', (docker) => docker.getPlugin('nope').inspect()],
  ['name_in_use', (docker, { name }) => docker.createContainer({ Image: IMAGE, name })],
  ['invalid_name', (docker) => docker.createContainer({ Image: IMAGE, name: 'a b' })],
  ['path_not_found', (_docker, { running }) => running.getArchive({ path: '/nope' })],
  ['container_running', (_docker, { running }) => running.remove()],
  ['container_not_paused', (_docker, { running }) => running.unpause()],
  ['invalid_signal', (_docker, { running }) => running.kill({ signal: 'SIGFOO' })],
  ['not_modified', (_docker, { running }) => running.start()],
  ['container_not_running', (_docker, { stopped }) => stopped.exec({ Cmd: ['true'] })],
  ['executable_not_found', (_docker, { start }) => start({ Cmd: ['nonexist'] })],
  ['executable_permission_denied', (_docker, { start }) => start({ Cmd: ['/etc/passwd'] })],
  ['bad_working_directory', (_docker, { start }) => start({ WorkingDir: 'rel' })],
  ['user_not_found', (_docker, { start }) => start({ User: 'nobodyx' })],
  ['runtime_unknown', (_docker, { start }) => start({ HostConfig: { Runtime: 'foo' } })],
  ['invalid_resource_limit', (_docker, { start }) => start({ HostConfig: { Memory: 1024 } })],
  ['invalid_volume_name', (_docker, { start }) => start({ HostConfig: { Binds: ['a/b:/x'] } })],
  [
    'invalid_port',
    (_docker, { start }) => start({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 'abc' }] } } }),
  ],
  ['network_predefined', (docker) => docker.getNetwork('bridge').remove()],
  ['driver_not_found', (docker) => docker.createVolume({ Name: 'v9', Driver: 'foo' })],
  ['invalid_filter', (docker) => docker.listContainers({ filters: { nope: ['x'] } })],
  ['registry_dns', (docker) => docker.pull('registry.invalid/x:latest')],
  ['registry_unauthorized', (docker) => docker.pull('127.0.0.1:5001/x:latest')],
  ['version_too_new', (_docker, { socketPath }) => new Docker({ socketPath, version: 'v1.99' }).info()],
];

onEveryEngine(test, 'a third of the kinds, for real', async (engine, t) => {
  const { socket: socketPath } = engine;
  const docker = new Docker({ socketPath });
  const original = new Original({ socketPath });
  const name = `errors-${process.pid}`;
  const running = await docker.createContainer({ Image: IMAGE, name, Cmd: ['sleep', '3600'] });
  t.after(() => running.remove({ force: true }));
  await running.start();
  const stopped = await docker.createContainer({ Image: IMAGE });
  t.after(() => stopped.remove({ force: true }));
  const start = async (options) => {
    const made = await docker.createContainer({ Image: IMAGE, Cmd: ['true'], ...options });
    try {
      await made.start();
    } finally {
      await made.remove({ force: true });
    }
  };
  const stage = { name, running, stopped, start, socketPath };
  for (const [kind, provoke] of KINDS) {
    const error = await failure(provoke(docker, stage));
    assert.equal(error.kind, kind, inspect(error));
    assert.equal(error.code, codeOf({ kind }));
    assert.ok(error.statusCode && error.explanation && error.hint && inspect(error).includes(error.hint), kind);
    assert.ok(error.message.startsWith(`(HTTP code ${error.statusCode}) `));
  }
  const [ours, theirs] = await Promise.all(
    [docker, original].map((client) => failure(client.getContainer('nope').inspect())),
  );
  assert.deepEqual(ours, theirs);
});

onEveryEngine(test, 'odd labels and names on a real engine', async (engine, t) => {
  const docker = new Docker({ socketPath: engine.socket });
  const labels = Object.fromEntries(ODD.slice(0, 500).map((text, at) => [`l${at}`, text.slice(0, 1000)]));
  const made = await docker.createContainer({ Image: IMAGE, Labels: labels });
  t.after(() => made.remove({ force: true }));
  const { Config } = await made.inspect();
  // What is no Unicode the engine replaces; all else comes back as it was.
  for (const [label, text] of Object.entries(labels)) {
    if (text.isWellFormed?.() ?? !/[\ud800-\udfff]/.test(text)) assert.equal(Config.Labels[label], text, label);
  }
  for (const text of ODD.slice(0, 60)) {
    try {
      const odd = await docker.createContainer({ Image: IMAGE, name: text.slice(0, 2000) || ' ' });
      await odd.remove();
    } catch (error) {
      assert.ok(error.code && inspect(error), JSON.stringify(text.slice(0, 20)));
    }
  }
});
