// What the docker command line has stored for a registry, in files and in helpers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { newestEngine } from './engines.mjs';
import { folderOf, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const docker = new Docker({ socketPath: '/nowhere.sock' });

const base64 = (text) => Buffer.from(text).toString('base64');

/** Runs `work` with a configuration, and with the helpers in `bin` of its folder. */
function configured(t, configuration, work, environment = {}) {
  const folder = folderOf(t);
  mkdirSync(join(folder, 'bin'));
  if (configuration !== undefined) {
    const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
    writeFileSync(join(folder, 'config.json'), text);
  }
  const PATH = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
  const own = { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: undefined, PATH, ...environment };
  return withEnvironment(own, () => work(folder));
}

/** A helper that writes down what it was asked. */
function helper(folder, name, script) {
  const program = join(folder, 'bin', `docker-credential-${name}`);
  const head = `#!/bin/sh\nread -r registry; echo "$1 $registry" >> ${folder}/asked\n`;
  writeFileSync(program, `${head}${script}\n`);
  chmodSync(program, 0o755);
}

const askedOf = (folder) => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');

test('auths: by host, by address, tokens; passwords with colons', (t) =>
  configured(
    t,
    {
      auths: {
        'https://index.docker.io/v1/': { auth: base64('ann:sesame') },
        'reg.example:5000': { auth: base64('bob:a:b') },
        'https://old.example/v2/': { auth: base64('cat:c') },
        'token.example': { auth: base64('x:y'), identitytoken: 'T' },
        'empty.example': {},
      },
    },
    async () => {
      const index = { username: 'ann', password: 'sesame', serveraddress: 'https://index.docker.io/v1/' };
      for (const image of ['busybox', 'library/busybox:1', 'docker.io/library/busybox', 'index.docker.io/a/b']) {
        assert.deepEqual(await docker.credentials(image), index, image);
      }
      const bob = { username: 'bob', password: 'a:b', serveraddress: 'reg.example:5000' };
      assert.deepEqual(await docker.credentials('reg.example:5000/a/b@sha256:00'), bob);
      assert.equal((await docker.credentials('old.example/a')).username, 'cat');
      assert.deepEqual(await docker.credentials('token.example/a'), {
        identitytoken: 'T',
        serveraddress: 'token.example',
      });
      for (const image of ['empty.example/a', 'reg.example/a', 'localhost/a']) {
        assert.equal(await docker.credentials(image), undefined, image);
      }
    },
  ));

test('DOCKER_AUTH_CONFIG comes first; no configuration is none', async (t) => {
  const given = JSON.stringify({ auths: { 'reg.example': { auth: base64('env:1') } } });
  const auths = { 'reg.example': { auth: base64('file:2') }, 'other.example': { auth: base64('file:3') } };
  const work = async () => {
    assert.equal((await docker.credentials('reg.example/a')).username, 'env');
    assert.equal((await docker.credentials('other.example/a')).username, 'file');
  };
  await configured(t, { auths }, work, { DOCKER_AUTH_CONFIG: given });
  await configured(t, undefined, async () => assert.equal(await docker.credentials('busybox'), undefined));
  for (const [text, environment] of [
    ['{"auths": {"a": "sesame"', {}],
    ['[]1', {}],
    ['{}', { DOCKER_AUTH_CONFIG: '{"auths": sesame}' }],
  ]) {
    const asked = configured(t, text, () => docker.credentials('busybox'), environment);
    const error = await asked.then(assert.fail, (failed) => failed);
    assert.equal(error.kind, 'config');
    assert.match(error.message, /is not the JSON of a configuration/);
    assert.ok(!inspect(error, { showHidden: true }).includes('sesame'));
  }
});

test('helpers: only the one needed, once for a while, and what they may say', (t) => {
  const credHelpers = {
    'one.example': 'one',
    'token.example': 'token',
    'none.example': 'none',
    'empty.example': 'empty',
    'broken.example': 'broken',
    'odd.example': 'odd',
    'slow.example': 'slow',
    'missing.example': 'missing',
  };
  const auths = { 'none.example': { auth: base64('file:1') } };
  return configured(t, { credHelpers, credsStore: 'store', auths }, async (folder) => {
    helper(folder, 'one', `echo '{"ServerURL": "one.example", "Username": "one", "Secret": "sesame"}'`);
    helper(folder, 'token', `echo '{"Username": "<token>", "Secret": "sesame"}'`);
    helper(folder, 'none', 'echo credentials not found in native keychain; exit 1');
    helper(folder, 'empty', `echo '{"Username": "", "Secret": ""}'`);
    helper(folder, 'broken', 'echo the keyring is locked; exit 3');
    helper(folder, 'odd', 'echo sesame');
    helper(folder, 'slow', 'exec sleep 600');
    helper(folder, 'store', `echo '{"Username": "store", "Secret": "s"}'`);
    const one = { username: 'one', password: 'sesame', serveraddress: 'one.example' };
    const many = await Promise.all(Array.from({ length: 5 }, () => docker.credentials('one.example/a/b:1')));
    for (const found of [...many, await docker.credentials('one.example/c')]) assert.deepEqual(found, one);
    assert.deepEqual(askedOf(folder), ['get one.example']);
    assert.deepEqual(await docker.credentials('token.example/a'), {
      identitytoken: 'sesame',
      serveraddress: 'token.example',
    });
    assert.equal((await docker.credentials('none.example/a')).username, 'file');
    assert.equal(await docker.credentials('empty.example/a'), undefined);
    assert.equal((await docker.credentials('busybox')).username, 'store');
    assert.deepEqual(askedOf(folder).slice(-1), ['get https://index.docker.io/v1/']);
    for (const [host, words, options] of [
      ['broken', /docker-credential-broken failed: the keyring is locked/],
      ['odd', /the answer of docker-credential-odd is not the JSON/],
      ['missing', /docker-credential-missing is not installed/],
      ['slow', /docker-credential-slow gave no answer within 0\.2 s/, { timeout: 200 }],
    ]) {
      const error = await docker.credentials(`${host}.example/a`, options).then(assert.fail, (failed) => failed);
      assert.equal(error.kind, 'config');
      assert.match(error.message, words);
      assert.ok(!inspect(error, { showHidden: true }).includes('sesame'));
    }
  });
});

test('a real helper, and a registry that wants a password', async (t) => {
  const engine = newestEngine();
  const { address, username, password } = engine.private_registry;
  const run = (command, words, input) => execFileSync(command, words, { input, stdio: ['pipe', 'ignore', 'ignore'] });
  const folder = folderOf(t);
  mkdirSync(join(folder, 'keys'), { mode: 0o700 });
  writeFileSync(join(folder, 'config.json'), '{"credsStore": "pass"}');
  const own = {
    DOCKER_CONFIG: folder,
    DOCKER_AUTH_CONFIG: undefined,
    GNUPGHOME: join(folder, 'keys'),
    PASSWORD_STORE_DIR: join(folder, 'passwords'),
  };
  await withEnvironment(own, async () => {
    const quick = ['--batch', '--passphrase', '', '--quick-generate-key', 'tests', 'default', 'default', 'never'];
    run('gpg', quick);
    try {
      run('pass', ['init', 'tests']);
      const secret = JSON.stringify({ ServerURL: address, Username: username, Secret: password });
      run('docker-credential-pass', ['store'], secret);
      const client = new Docker({ socketPath: engine.socket });
      const image = `${address}/library/busybox:latest`;
      await assert.rejects(client.pull(image, { wait: true }), { kind: 'registry_unauthorized' });
      const authconfig = await client.credentials(image);
      assert.deepEqual(authconfig, { username, password, serveraddress: address });
      await client.pull(image, { wait: true, authconfig });
      assert.ok((await client.getImage(image).inspect()).RepoTags.includes(image));
    } finally {
      run('gpgconf', ['--kill', 'all']);
    }
  });
});
