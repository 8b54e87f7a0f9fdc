// What programs written for dockerode rely on, by its number in the list of facts; those not here have tests of their own:
// 1-8, 11, 12, 20, 24 in streams and process, 9, 10, 14-17 in wire (each form next to the original), 19 in context and in the builds
// of smoke, 21 in environment, 22 in surface, 25 in types.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

let engine;
before(async () => {
  engine = await FakeEngine.start({ default: { body: { json: { Id: 'abc', StatusCode: 0 } } } });
});
after(() => engine.stop());
const open = (options) => new Docker({ ...engine.options, ...options });

test('9: a TCP address works as a socket does', async () => {
  const tcp = await FakeEngine.start({ default: { body: { json: { ID: 'x' } } } }, { tcp: true });
  try {
    assert.deepEqual(await new Docker(tcp.options).info(), { ID: 'x' });
    const [request] = await tcp.requests();
    assert.equal(request.target, '/info');
  } finally {
    await tcp.stop();
  }
});

test('11: a refused port', async () => {
  const server = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const error = await new Docker({ host: '127.0.0.1', port, protocol: 'http' }).ping().catch((failure) => failure);
  assert.equal(error.code, 'ECONNREFUSED');
  assert.equal(error.syscall, 'connect');
});

test('13: promises are made by the library that was given', async () => {
  class Mine extends Promise {}
  const docker = open({ Promise: Mine });
  for (const promise of [docker.info(), docker.getContainer('x').inspect(), docker.run('x', [], null)]) {
    assert.ok(promise instanceof Mine);
    await promise.catch(() => undefined);
  }
});

test('13: what a callback throws is thrown, and no rejection is left unhandled', async () => {
  // The runner listens, too: it must not take this one for a failed test.
  const listeners = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  open().info(() => {
    throw new Error('from the callback');
  });
  assert.equal((await thrown).message, 'from the callback');
  for (const listener of listeners) process.on('uncaughtException', listener);
});

test('16: frozen options are accepted', async () => {
  const options = Object.freeze({
    Image: 'x',
    authconfig: Object.freeze({ key: 'k' }),
    abortSignal: new AbortController().signal,
  });
  await engine.clear();
  await open().createContainer(options);
  const [request] = await engine.requests();
  assert.deepEqual(request.body_json, { Image: 'x' });
  assert.deepEqual(request.query, [['Image', 'x']]);
});

test('18: every method goes through dial, on the instance, the prototype or a modem of the caller', async () => {
  const dialled = [];
  const modem = { dial: (options, callback) => setImmediate(callback, null, dialled.push(options) && { Id: 'made' }) };
  const docker = new Docker({ modem });
  const container = await docker.createContainer({ Image: 'x' });
  assert.equal(container.id, 'made');
  await container.start();
  await container.logs({ follow: true });
  assert.deepEqual(
    dialled.map(({ path, method, isStream }) => [path, method, isStream]),
    [
      ['/containers/create?', 'POST', undefined],
      ['/containers/made/start?', 'POST', undefined],
      ['/containers/made/logs?', 'GET', true],
    ],
  );
  const original = Docker.Container.prototype.inspect;
  Docker.Container.prototype.inspect = async () => 'stubbed';
  try {
    assert.equal(await docker.getContainer('x').inspect(), 'stubbed');
  } finally {
    Docker.Container.prototype.inspect = original;
  }
});

test('18: dial takes requests of the caller’s own', async () => {
  await engine.clear();
  const { modem } = open({ version: 'v1.41' });
  const options = Object.freeze({
    path: '/custom?',
    method: 'GET',
    options: { a: { b: 1 } },
    statusCodes: { 200: true },
  });
  const result = await new Promise((resolve, reject) =>
    modem.dial(options, (error, value) => (error ? reject(error) : resolve(value))),
  );
  assert.equal(result.Id, 'abc');
  const [request] = await engine.requests();
  assert.equal(request.target, '/v1.41/custom?a=%7B%22b%22%3A1%7D');
});

test('21: pathPrefix and the path of a URL have no effect, and redirects are given back', async (t) => {
  const moved = { status: 307, headers: { Location: '/elsewhere' }, body: '' };
  const tcp = await FakeEngine.start({ default: { ...moved } }, { tcp: true });
  t.after(() => tcp.stop());
  const { host, port } = tcp.options;
  const error = await new Docker({ host, port, pathPrefix: '/prefix' }).info().catch((failure) => failure);
  assert.equal(error.statusCode, 307);
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = `tcp://${String(host).replace(/^.*\/\//, '')}:${port}/path`;
  try {
    await assert.rejects(new Docker().info(), { statusCode: 307 });
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
  const targets = (await tcp.requests()).map(({ target }) => target);
  assert.deepEqual(targets, ['/info', '/info']);
});

test('22: defaultOptions of one instance', async () => {
  await engine.clear();
  const docker = open();
  const container = docker.getContainer('x');
  container.defaultOptions.stop = { t: 9 };
  await container.stop();
  await container.stop({ t: 1 });
  await docker.getContainer('x').stop();
  const targets = (await engine.requests()).map(({ target }) => target);
  assert.deepEqual(targets, ['/containers/x/stop?t=9', '/containers/x/stop?t=1', '/containers/x/stop']);
});

test('23: an agent of the caller’s carries the request', async () => {
  const agent = new http.Agent({ keepAlive: true });
  let used = 0;
  const connect = agent.createConnection;
  agent.createConnection = function (...args) {
    used++;
    return connect.apply(this, args);
  };
  assert.equal((await open({ agent }).info()).Id, 'abc');
  assert.equal(used, 1);
  agent.destroy();
});

test('23: `transport: "node"` lets interception see the request', async () => {
  const original = http.request;
  let seen;
  http.request = (options, ...rest) => {
    seen = options.path;
    return original(options, ...rest);
  };
  try {
    await open({ transport: 'node' }).info();
  } finally {
    http.request = original;
  }
  assert.equal(seen, '/info');
});

test('a path with a space or a line break never reaches the wire', async () => {
  await engine.clear();
  await assert.rejects(open().getContainer('x HTTP/1.1\r\nEvil: 1').inspect(), { code: 'ERR_UNESCAPED_CHARACTERS' });
  assert.deepEqual(await engine.requests(), []);
});
