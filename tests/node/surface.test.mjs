// The surface of dockerode and of docker-modem, member by member: what is there must be here, with the same arity.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import { inspect } from 'node:util';

const require = createRequire(import.meta.url);
const Original = require('dockerode');
const OriginalModem = require('docker-modem');
const Docker = require('../../node/dist/index.js');
const Modem = require('../../node/dist/modem.js');

const CLASSES = ['Container', 'Image', 'Volume', 'Network', 'Service', 'Plugin', 'Secret', 'Task', 'Node', 'Exec'];

/** Members whose arity differs on purpose. */
const ARITY = {
  // An option that ends the outputs with the stream.
  'Modem.demuxStream': 4,
};

function compare(name, original, ours) {
  for (const member of Object.keys(original)) {
    test(`${name}.${member}`, () => {
      assert.equal(typeof ours[member], typeof original[member]);
      assert.ok(Object.keys(ours).includes(member), 'enumerable, as in the original');
      assert.equal(ours[member].length, ARITY[`${name}.${member}`] ?? original[member].length);
      const descriptor = Object.getOwnPropertyDescriptor(ours, member);
      assert.ok(descriptor.writable && descriptor.configurable, 'can be stubbed');
    });
  }
  test(`${name}: nothing more than the original`, () => {
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(original).sort());
  });
}

compare('Docker', Original.prototype, Docker.prototype);
compare('Modem', OriginalModem.prototype, Modem.prototype);
for (const name of CLASSES) compare(name, Original[name].prototype, Docker[name].prototype);
compare('Config', require('dockerode/lib/config').prototype, require('../../node/dist/config.js').prototype);

test('static members', () => {
  assert.deepEqual(Object.keys(Docker), Object.keys(Original));
  assert.equal(Docker.Config, undefined);
});

test('a client has the same own fields', () => {
  const options = { socketPath: '/x', headers: { a: 'b' }, version: 'v1.40', timeout: 5 };
  const [original, ours] = [new Original(options), new Docker(options)];
  assert.deepEqual(Object.keys(ours), Object.keys(original));
  const fields = (modem) => JSON.parse(JSON.stringify({ ...modem, Promise: undefined }));
  assert.deepEqual(fields(ours.modem), fields(original.modem));
});

test('resources have the same own fields', () => {
  const modem = {};
  for (const name of CLASSES) {
    const [original, ours] = [new Original[name](modem, 'x'), new Docker[name](modem, 'x')];
    assert.deepEqual({ ...ours }, { ...original }, name);
  }
});

test('getters make resources of the right class', () => {
  const docker = new Docker({ socketPath: '/x' });
  for (const name of CLASSES) {
    const one = docker[`get${name}`]('x', 'remote');
    assert.ok(one instanceof Docker[name], name);
    assert.equal(one.modem, docker.modem);
  }
  assert.equal(docker.getPlugin('name').remote, 'name');
  assert.equal(docker.getPlugin('name', 'else').remote, 'else');
});

test('callable without new, extendable in both styles', () => {
  assert.ok(Docker({ socketPath: '/x' }) instanceof Docker);
  class Mine extends Docker {
    ping() {
      return 'mine';
    }
  }
  assert.equal(new Mine({ socketPath: '/x' }).ping(), 'mine');
  assert.ok(new Mine() instanceof Docker);
  function Old(options) {
    Docker.call(this, options);
  }
  require('node:util').inherits(Old, Docker);
  assert.equal(new Old({ socketPath: '/y' }).modem.socketPath, '/y');
});

test('printing a resource shows its own fields', () => {
  const docker = new Docker({ socketPath: '/x' });
  assert.match(inspect(docker.getContainer('abc')), /id: 'abc'/);
});

test('options: a modem, and a library of promises', () => {
  const modem = { dial() {} };
  const docker = new Docker({ modem });
  assert.equal(docker.modem, modem);
  assert.equal(modem.Promise, globalThis.Promise);
  class Other extends Promise {}
  assert.equal(new Docker({ Promise: Other }).modem.Promise, Other);
});

test('dockerode/lib/util', () => {
  const [original, ours] = [require('dockerode/lib/util'), require('../../node/dist/util.js')];
  assert.deepEqual(Object.keys(ours).sort(), Object.keys(original).sort());
  for (const name of [
    'a',
    'a:b',
    'a@sha256:b',
    'h:5000/a',
    'h:5000/a:b',
    'http://localhost:8080/woot:latest',
    'a:b@c',
  ]) {
    assert.deepEqual(ours.parseRepositoryTag(name), original.parseRepositoryTag(name), name);
  }
  const callback = () => undefined;
  for (const given of [
    [],
    [{ a: 1 }],
    [callback],
    [{ a: 1 }, callback],
    [null, callback],
    [undefined, callback, { d: 1 }],
  ]) {
    assert.deepEqual(ours.processArgs(...given), original.processArgs(...given));
  }
});

test('buildQuerystring', () => {
  const options = {
    a: 1,
    b: true,
    c: ['x', 'y'],
    d: { e: ['f'] },
    g: undefined,
    h: null,
    i: 'ä &',
    j: 0,
    k: false,
    l: '',
  };
  const modem = new Docker({ socketPath: '/x' }).modem;
  assert.equal(modem.buildQuerystring(options), new OriginalModem({ socketPath: '/x' }).buildQuerystring(options));
});

test('ESM entry', async () => {
  const entry = await import('../../node/dist/index.mjs');
  assert.equal(entry.default, Docker);
  assert.equal(entry.Container, Docker.Container);
});
