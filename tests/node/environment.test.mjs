// Which engine a client talks to: the same answer as the original's, for every way to say it.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const Original = require('docker-modem');
const Modem = require('../../node/dist/modem.js');

const certificates = mkdtempSync(path.join(tmpdir(), 'dockline-certs-'));
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
writeFileSync(path.join(certificates, 'ca.pem'), PEM + PEM);
for (const name of ['cert.pem', 'key.pem']) writeFileSync(path.join(certificates, name), PEM);

const VARIABLES = [
  'DOCKER_HOST',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'DOCKER_PATH_PREFIX',
  'DOCKER_CLIENT_TIMEOUT',
  'SSH_AUTH_SOCK',
];

function withEnvironment(env, work) {
  const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  for (const name of VARIABLES) delete process.env[name];
  Object.assign(process.env, env);
  try {
    return work();
  } finally {
    for (const name of VARIABLES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

function fields(Class, options) {
  let modem;
  try {
    modem = new Class(options);
  } catch (error) {
    return { throws: error.message.slice(0, 60) };
  }
  const { Promise: _library, ...rest } = { ...modem };
  rest.ca = rest.ca && [rest.ca].flat().map((one) => String(one).trim());
  return JSON.parse(JSON.stringify(rest, (_key, value) => (typeof value === 'function' ? 'function' : value)));
}

const CASES = [
  [{}, undefined],
  [{}, { socketPath: '/a' }],
  [{}, { host: 'h', port: 5 }],
  [{}, { host: 'http://h', port: 5 }],
  [{}, { host: 'h', key: 'k', cert: 'c', ca: 'a' }],
  [{}, { host: 'h', protocol: 'https' }],
  [{}, { socketPath: () => '/later' }],
  [
    {},
    {
      username: 'u',
      password: 'p',
      pathPrefix: '/x',
      version: 'v1',
      headers: { a: 'b' },
      timeout: 1,
      connectionTimeout: 2,
    },
  ],
  [{}, { host: 'h', protocol: 'ssh', sshOptions: { a: 1 }, agentForward: true }],
  [{ DOCKER_HOST: 'unix://' }, undefined],
  [{ DOCKER_HOST: 'unix:///a/b' }, undefined],
  [{ DOCKER_HOST: 'npipe://' }, undefined],
  [{ DOCKER_HOST: 'npipe:////./pipe/x' }, undefined],
  [{ DOCKER_HOST: 'tcp://h:2375' }, undefined],
  [{ DOCKER_HOST: 'tcp://h:2375' }, { host: 'other' }],
  [{ DOCKER_HOST: 'tcp://h:2375' }, { socketPath: '/a' }],
  [{ DOCKER_HOST: 'h:2375' }, undefined],
  [{ DOCKER_HOST: 'http://h:5' }, undefined],
  [{ DOCKER_HOST: 'tcp://h:2376' }, undefined],
  [{ DOCKER_HOST: 'tcp://h:1', DOCKER_TLS_VERIFY: '1' }, undefined],
  [{ DOCKER_HOST: 'tcp://h:1', DOCKER_CERT_PATH: certificates }, undefined],
  [{ DOCKER_HOST: 'tcp://h:1', DOCKER_PATH_PREFIX: '/p', DOCKER_CLIENT_TIMEOUT: '30' }, undefined],
  [{ DOCKER_HOST: 'unix:///a', DOCKER_CLIENT_TIMEOUT: '30', DOCKER_CERT_PATH: certificates }, undefined],
  [{ DOCKER_HOST: 'ssh://me@h:22', SSH_AUTH_SOCK: '/agent' }, undefined],
  [{ DOCKER_HOST: 'ssh://me@h:22', SSH_AUTH_SOCK: '/agent' }, { sshOptions: { a: 1 } }],
  [{ SSH_AUTH_SOCK: '/agent' }, { host: 'h', protocol: 'ssh' }],
  [{ DOCKER_HOST: 'tcp://' }, undefined],
  [{ DOCKER_HOST: 'tcp://[::1]:2375' }, undefined],
];

for (const [env, options] of CASES) {
  test(`${JSON.stringify(env)} ${JSON.stringify(options)}`, () => {
    const [original, ours] = withEnvironment(env, () => [fields(Original, options), fields(Modem, options)]);
    assert.deepEqual(ours, original);
  });
}

test('socketPath as a function is asked once, may be asynchronous, and its failure is the call’s', async () => {
  let asked = 0;
  const modem = new Modem({
    socketPath: async () => {
      asked++;
      return '/nowhere.sock';
    },
  });
  const ping = () =>
    new Promise((resolve) =>
      modem.dial({ path: '/_ping', method: 'GET', statusCodes: { 200: true } }, (error) => resolve(error)),
    );
  assert.equal((await ping()).code, 'ENOENT');
  assert.equal((await ping()).code, 'ENOENT');
  assert.equal(asked, 1);
  const failing = new Modem({ socketPath: () => Promise.reject(new Error('no idea')) });
  const error = await new Promise((resolve) =>
    failing.dial({ path: '/_ping', method: 'GET', statusCodes: {} }, resolve),
  );
  assert.equal(error.message, 'no idea');
});

test('options of ssh2 that nothing honours are refused by name', async () => {
  const sshOptions = { privateKey: 'secret', algorithms: { cipher: [] } };
  const modem = new Modem({ host: 'h', protocol: 'ssh', sshOptions });
  const error = await new Promise((resolve) => modem.dial({ path: '/_ping', method: 'GET', statusCodes: {} }, resolve));
  assert.equal(error.kind, 'unsupported');
  assert.match(error.message, /sshOptions\.algorithms is not supported/);
  assert.doesNotMatch(error.message, /secret/);
});
