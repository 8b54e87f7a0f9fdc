// TLS for real: dockerd with --tlsverify, and a front that shows every bad certificate there is.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { newestEngine, onEveryEngine } from './engines.mjs';
import { certificates, folderOf, front, frontInto, pem, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

const GOOD = { ca: pem('authority'), cert: pem('client'), key: pem('client-key') };

function client({ port }, options) {
  return new Docker({ host: '127.0.0.1', port, protocol: 'https', ...GOOD, ...options });
}

async function failure(docker) {
  const error = await docker.ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
  const { host, port } = docker.modem;
  const sentence = error.explanation;
  assert.ok(sentence.includes(`://${host}:${port} (given by the caller)`), sentence);
  assert.ok(error.message.includes(sentence), error.message);
  assert.ok(error.hint);
  return error;
}

onEveryEngine(test, 'dockerd trusts and is trusted', async (engine, t) => {
  const way = await frontInto(t, engine, '127.0.0.1:2376');
  assert.equal((await client(way).version()).Version, engine.release);
  assert.equal(client(way).endpoint, `https://127.0.0.1:${way.port} (given by the caller)`);
  // As in the original, three files are enough to mean https.
  assert.ok(await client(way, { protocol: undefined }).ping());
});

test('keys of every kind', async (t) => {
  const way = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  for (const [cert, key] of [
    ['client', 'classic-client-key'],
    ['client-rsa', 'client-rsa-key'],
    ['client-rsa', 'classic-client-rsa-key'],
    ['client-25519', 'client-25519-key'],
    ['client-chained', 'client-chained-key'],
  ]) {
    assert.ok(await client(way, { cert: pem(cert), key: pem(key) }).ping(), key);
  }
  const text = {
    ca: [pem('stranger').toString(), pem('authority').toString()],
    cert: String(GOOD.cert),
    key: String(GOOD.key),
  };
  assert.ok(await client(way, text).ping());
  const key = pem('locked-client-key');
  assert.ok(await client(way, { key, passphrase: 'harbour-42' }).ping());
  assert.ok(await client(way, { key: [{ pem: key, passphrase: 'harbour-42' }] }).ping());
  assert.match((await failureOf(client(way, { key, passphrase: 'wrong' }))).message, /does not fit/);
  assert.match((await failureOf(client(way, { key: [{ pem: key, passphrase: 'wrong' }] }))).message, /does not fit/);
  assert.match((await failureOf(client(way, { key }))).message, /no password was given/);
});

async function failureOf(docker) {
  return docker.ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
}

onEveryEngine(test, 'client certificates that are missing or wrong', async (engine, t) => {
  const way = await frontInto(t, engine, '127.0.0.1:2376');
  const none = await failure(client(way, { cert: undefined, key: undefined }));
  assert.equal(none.kind, 'tls_client_certificate');
  // 20.10 says no more than that the certificate is bad.
  assert.match(none.message, /wants a client certificate and none was shown|refused the client's certificate/);
  for (const name of ['client-strange', 'client-expired', 'good']) {
    const error = await failure(client(way, { cert: pem(name), key: pem(`${name}-key`) }));
    assert.equal(error.kind, 'tls_client_certificate', name);
    assert.match(error.message, /the engine refused the client's certificate/);
  }
});

for (const [name, kind, code, words] of [
  ['expired', 'tls_expired', 'CERT_HAS_EXPIRED', /has expired \(\d+ days ago\)/],
  ['early', 'tls_expired', 'CERT_NOT_YET_VALID', /is not valid yet/],
  [
    'elsewhere',
    'tls_wrong_host',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    /it is for elsewhere\.example, 192\.0\.2\.1, not for 127/,
  ],
  ['strange', 'tls_unknown_authority', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /an authority that is not trusted here/],
  ['own', 'tls_unknown_authority', 'DEPTH_ZERO_SELF_SIGNED_CERT', /is self-signed, and not one that is trusted here/],
  ['serves-nothing', 'tls', 'INVALID_PURPOSE', /is not one for a server/],
]) {
  test(`a server that is ${name}`, async (t) => {
    const files = ['--cert', `${certificates}/${name}.pem`, '--key', `${certificates}/${name}-key.pem`];
    for (const version of ['1.2', '1.3']) {
      const way = await front(t, `unix:${newestEngine().socket}`, ...files, '--tls', version);
      const error = await failure(client(way));
      assert.deepEqual([error.kind, error.code], [kind, code]);
      assert.match(error.message, words);
    }
  });
}

test('servers of every kind', async (t) => {
  for (const name of ['rsa', 'ed25519', 'chained']) {
    const files = ['--cert', `${certificates}/${name}.pem`, '--key', `${certificates}/${name}-key.pem`];
    const way = await front(t, `unix:${newestEngine().socket}`, ...files, '--tls', '1.2');
    assert.ok(await client(way).ping());
    assert.ok(await client(way, { host: 'localhost' }).ping());
  }
});

test('HTTP to a TLS port, TLS to a plain port, and neither', async (t) => {
  const way = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const plain = await failure(new Docker({ host: '127.0.0.1', port: way.port, protocol: 'http' }));
  assert.deepEqual([plain.kind, plain.code], ['wrong_protocol', 'EPROTO']);
  assert.match(plain.message, /that port wants TLS/);
  const clear = await front(t, `unix:${newestEngine().socket}`);
  const error = await failure(client(clear));
  assert.equal(error.kind, 'wrong_protocol');
  assert.match(error.message, /does not speak TLS/);
  await clear.tell('say SSH-2.0-OpenSSH_9.2\\r\\n');
  const ssh = await failure(new Docker({ host: '127.0.0.1', port: clear.port }));
  assert.equal(ssh.kind, 'wrong_protocol');
  assert.match(ssh.message, /it answered with ssh/);
});

test('DOCKER_TLS_VERIFY, DOCKER_CERT_PATH and port 2376', async (t) => {
  const way = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const folder = folderOf(t);
  for (const [name, source] of [
    ['ca', 'authority'],
    ['cert', 'client'],
    ['key', 'client-key'],
  ]) {
    cpSync(`${certificates}/${source}.pem`, `${folder}/${name}.pem`);
  }
  await withEnvironment({ DOCKER_HOST: way.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }, async () => {
    const docker = new Docker();
    assert.ok(await docker.ping());
    assert.equal(docker.endpoint, `https://127.0.0.1:${way.port} (from DOCKER_HOST)`);
  });
  await withEnvironment({ DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_CERT_PATH: undefined }, () => {
    assert.equal(new Docker().endpoint, 'https://127.0.0.1:2376 (from DOCKER_HOST)');
  });
});

test('a context that skips verification, and one that does not', async (t) => {
  const files = ['--cert', `${certificates}/expired.pem`, '--key', `${certificates}/expired-key.pem`];
  const way = await front(t, `unix:${newestEngine().socket}`, ...files);
  const own = { DOCKER_CONFIG: folderOf(t), DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };
  await withEnvironment(own, async () => {
    for (const [name, skip] of [
      ['careless', 'true'],
      ['careful', 'false'],
    ]) {
      const where = `host=${way.url},ca=${certificates}/authority.pem,skip-tls-verify=${skip}`;
      execFileSync(newestEngine().docker, ['context', 'create', name, '--docker', where], { stdio: 'ignore' });
    }
    await withEnvironment({ DOCKER_CONTEXT: 'careless' }, async () => assert.ok(await new Docker().ping()));
    await withEnvironment({ DOCKER_CONTEXT: 'careful' }, async () => {
      await assert.rejects(new Docker().ping(), { kind: 'tls_expired' });
    });
  });
});

test('checkServerIdentity is called as Node calls it', async (t) => {
  const way = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const seen = [];
  const checkServerIdentity = (host, certificate) => {
    seen.push([host, certificate.subject.CN, certificate.subjectaltname]);
    return undefined;
  };
  assert.ok(await client(way, { checkServerIdentity }).ping());
  assert.deepEqual(seen, [['127.0.0.1', 'server', 'DNS:localhost, IP Address:127.0.0.1']]);
  const other = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const refusing = client(other, { checkServerIdentity: () => new Error('not this one') });
  assert.equal((await failureOf(refusing)).message, 'not this one');
});

test('one connection for many requests; streams and half-close', async (t) => {
  const way = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const docker = client(way);
  for (let round = 0; round < 20; round++) await docker.ping();
  assert.equal(await way.connections(), 1);
  const container = await docker.createContainer({ Image: 'busybox', Cmd: ['cat'], OpenStdin: true });
  await container.start();
  const exec = await container.exec({ Cmd: ['sh', '-c', 'wc -c; echo done'], AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  stream.end(Buffer.alloc(300_000, 'x'));
  let heard = '';
  for await (const piece of stream) heard += piece;
  assert.match(heard, /300000\n/);
  assert.match(heard, /done\n/);
  await container.remove({ force: true });
});
