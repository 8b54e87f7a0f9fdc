// What TLS has of Node's own, through the core: checkServerIdentity, Node's authorities, lists of keys. Beside it, dockerode on the
// same servers.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { newestEngine } from './engines.mjs';
import { certificates, folderOf, front, pem, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const Original = require('dockerode');
const OURS = fileURLToPath(new URL('../../node/dist/index.js', import.meta.url));

/** A server with a certificate of our choice before a real engine. */
function server(t, name, ...options) {
  const files = ['--cert', `${certificates}/${name}.pem`, '--key', `${certificates}/${name}-key.pem`];
  return front(t, `unix:${newestEngine().socket}`, ...files, ...options);
}

function client({ port }, options, Class = Docker) {
  return new Class({ host: '127.0.0.1', port, protocol: 'https', ca: pem('authority'), ...options });
}

function failureOf(docker) {
  return docker.ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
}

/** What the function saw. */
async function shownBy(Class, way, options) {
  const seen = [];
  const checkServerIdentity = (...given) => void seen.push(given);
  await client(way, { ...options, checkServerIdentity }, Class).ping();
  assert.equal(seen.length, 1);
  return seen[0];
}

for (const name of ['good', 'rsa', 'ed25519', 'chained', 'elsewhere', 'nameless']) {
  test(`checkServerIdentity sees what it sees with dockerode: ${name}`, async (t) => {
    const way = await server(t, name);
    const ours = await shownBy(Docker, way);
    assert.deepStrictEqual(ours, await shownBy(Original, way));
    const [host, certificate] = ours;
    assert.equal(host, '127.0.0.1');
    assert.equal(certificate.subject.CN, name);
    const issuer = certificate.issuerCertificate;
    const root = name === 'chained' ? issuer.issuerCertificate : issuer;
    assert.equal(root.subject.CN, 'dockline harness');
    assert.equal(root.issuerCertificate, root);
    assert.equal((await shownBy(Docker, way, { host: 'localhost' }))[0], 'localhost');
  });
}

test('what checkServerIdentity answers decides, and its errors stay what they are', async (t) => {
  const way = await server(t, 'good');
  const refusing = (answer, Class) => failureOf(client(way, { checkServerIdentity: () => answer }, Class));
  for (const answer of [Object.assign(new Error('not this one'), { code: 'MINE', extra: 1 }), 'no', true, { at: 1 }]) {
    const shown = { ...answer };
    assert.equal(await refusing(answer), answer);
    assert.equal(await refusing(answer, Original), answer);
    assert.deepEqual({ ...answer }, shown);
  }
  for (const answer of [undefined, null, false, 0, '']) {
    assert.ok(await client(way, { checkServerIdentity: () => answer }).ping());
  }
  // With dockerode the process would end here.
  const thrown = new TypeError('there is no such field');
  const throws = () => {
    throw thrown;
  };
  assert.equal(await failureOf(client(way, { checkServerIdentity: throws })), thrown);
  const late = await failureOf(client(way, { checkServerIdentity: async () => undefined }));
  assert.match(late.message, /answered with a promise: it has to answer at once/);
  // A stream and an upgrade are refused as a call is, in either style.
  const docker = client(way, { checkServerIdentity: () => thrown });
  await assert.rejects(docker.getEvents(), (error) => error === thrown);
  await assert.rejects(docker.getExec('x').start({ hijack: true, stdin: true }), (error) => error === thrown);
  assert.equal(await new Promise((resolve) => docker.ping(resolve)), thrown);
});

test('each of many refused requests has an error of its own', async (t) => {
  const way = await server(t, 'good');
  const made = new Set();
  const checkServerIdentity = () => {
    const error = new Error(`refusal ${made.size}`);
    made.add(error);
    return error;
  };
  const docker = client(way, { checkServerIdentity });
  const failures = await Promise.all(Array.from({ length: 40 }, () => failureOf(docker)));
  assert.equal(new Set(failures).size, 40);
  assert.ok(failures.every((failure) => made.has(failure)));
  assert.equal(await way.connections(), 40);
});

test('the name is the function’s, the chain is not', async (t) => {
  const asked = [];
  const checkServerIdentity = (host) => void asked.push(host);
  assert.ok(await client(await server(t, 'elsewhere'), { checkServerIdentity }).ping());
  assert.equal(asked.length, 1);
  for (const [name, kind] of [
    ['strange', 'tls_unknown_authority'],
    ['expired', 'tls_expired'],
    ['serves-nothing', 'tls'],
  ]) {
    const way = await server(t, name);
    assert.equal((await failureOf(client(way, { checkServerIdentity }))).kind, kind);
    await failureOf(client(way, { checkServerIdentity }, Original));
  }
  assert.equal(asked.length, 1);
});

test('what is wrong with a certificate has the code it has with dockerode', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'rooted.pem'), `${pem('strange')}${pem('stranger')}`);
  writeFileSync(
    join(folder, 'headless.pem'),
    pem('chained')
      .toString()
      .split(/(?<=END CERTIFICATE-----\n)/)[0],
  );
  for (const [name, cert] of [
    ...['expired', 'early', 'elsewhere', 'nameless', 'strange', 'serves-nothing', 'own', 'own-leaf'].map((name) => [
      name,
    ]),
    ['strange', join(folder, 'rooted.pem')],
    ['chained', join(folder, 'headless.pem')],
  ]) {
    const way = await server(t, name, ...(cert ? ['--cert', cert] : []));
    const ours = await failureOf(client(way));
    assert.equal(ours.code, (await failureOf(client(way, {}, Original))).code, `${name} ${cert}`);
  }
  const way = await server(t, 'chained');
  const [ours, theirs] = [Docker, Original].map((Class) => failureOf(client(way, { ca: pem('stranger') }, Class)));
  assert.equal((await ours).code, (await theirs).code);
  for (const name of ['own', 'own-leaf']) {
    const alone = await server(t, name);
    for (const Class of [Docker, Original]) assert.ok(await client(alone, { ca: pem(name) }, Class).ping());
  }
});

test('one question for each connection, whatever goes through it', async (t) => {
  for (const version of ['1.2', '1.3']) {
    const way = await server(t, 'good', '--tls', version);
    let asked = 0;
    const docker = client(way, { checkServerIdentity: () => void asked++ });
    for (let round = 0; round < 20; round++) await docker.ping();
    assert.deepEqual([asked, await way.connections()], [1, 1]);
    const container = await docker.createContainer({ Image: 'busybox', Cmd: ['cat'], OpenStdin: true });
    try {
      await container.start();
      const exec = await container.exec({ Cmd: ['sh', '-c', 'wc -c'], AttachStdin: true, AttachStdout: true });
      const stream = await exec.start({ hijack: true, stdin: true });
      stream.end(Buffer.alloc(300_000, 'x'));
      let heard = '';
      for await (const piece of stream) heard += piece;
      assert.match(heard, /300000\n/);
      await Promise.all(Array.from({ length: 10 }, () => docker.version()));
    } finally {
      await container.remove({ force: true });
    }
    assert.equal(asked, await way.connections());
  }
});

test('nobody is asked where nothing is verified', async (t) => {
  const way = await server(t, 'good');
  const checkServerIdentity = () => new Error('no');
  await withEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, async () => {
    assert.ok(await client(way, { checkServerIdentity }, Original).ping());
    assert.ok(await client(way, { checkServerIdentity }).ping());
  });
});

test('a worker answers for itself', async (t) => {
  const way = await server(t, 'good');
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const Docker = require(workerData.module);
    let asked = 0;
    const docker = new Docker({ ...workerData.options, checkServerIdentity: () => void asked++ });
    docker.ping().then((body) => parentPort.postMessage([String(body), asked]), (error) => parentPort.postMessage([error.message]));
  `;
  const options = { host: '127.0.0.1', port: way.port, protocol: 'https', ca: String(pem('authority')) };
  const worker = new Worker(program, { eval: true, workerData: { module: OURS, options } });
  const said = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.deepEqual(said, ['OK', 1]);
});

/** What a process of its own says and writes; `$1` is the port, `$2` the module. */
function run(program, way, environment, Class) {
  const words = ['-e', program, String(way.port), Class ?? OURS];
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...rest } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, words, { env: { ...rest, ...environment }, timeout: 300_000 }, (failed, said, told) => {
      resolve({ said: said.trim(), told, failed });
    });
  });
}

const PING = `
  const Docker = require(process.argv[2]);
  const docker = new Docker({ host: '127.0.0.1', port: process.argv[1], protocol: 'https' });
  docker.ping().then(String, (error) => error.code).then((said) => console.log(said));
`;

test('NODE_EXTRA_CA_CERTS counts where there is no ca', async (t) => {
  const way = await server(t, 'good');
  const folder = folderOf(t);
  const both = join(folder, 'both.pem');
  writeFileSync(both, `${pem('stranger')}\n# and\n${pem('authority')}`);
  const dockerode = require.resolve('dockerode');
  const unknown = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  for (const [path, expected] of [
    [`${certificates}/authority.pem`, 'OK'],
    [both, 'OK'],
    [`${certificates}/stranger.pem`, unknown],
    [join(folder, 'missing.pem'), unknown],
    ['', unknown],
  ]) {
    const environment = { NODE_EXTRA_CA_CERTS: path };
    const ours = await run(PING, way, environment);
    assert.equal(ours.said, expected, ours.told);
    const theirs = await run(PING, way, environment, dockerode);
    assert.equal(theirs.said, expected);
    const warned = /Ignoring extra certs from `.*missing\.pem`, load failed/;
    assert.equal(warned.test(ours.told), path.includes('missing'), ours.told);
    assert.equal(warned.test(theirs.told), path.includes('missing'), theirs.told);
  }
  // A ca that is given counts alone, and so does one that a function completes the chain from.
  const given = PING.replace("protocol: 'https'", `protocol: 'https', ca: ${JSON.stringify(String(pem('stranger')))}`);
  const alone = await run(given, way, { NODE_EXTRA_CA_CERTS: both });
  assert.equal(alone.said, unknown);
});

test('the system’s authorities count besides Node’s', async (t) => {
  const way = await server(t, 'good');
  const system = await run(PING, way, { SSL_CERT_FILE: `${certificates}/authority.pem` });
  assert.equal(system.said, 'OK', system.told);
  // A machine without any has still those of Node.
  const none = await run(PING, way, { SSL_CERT_FILE: '/dev/null', SSL_CERT_DIR: folderOf(t) });
  assert.equal(none.said, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', none.told);
});

test('a process with checkServerIdentity ends by itself', async (t) => {
  const way = await server(t, 'good');
  const program = PING.replace(
    "protocol: 'https'",
    `protocol: 'https', ca: ${JSON.stringify(String(pem('authority')))}, checkServerIdentity: () => console.log('asked')`,
  );
  const { said, failed } = await run(program, way, {});
  assert.deepEqual([said, failed], ['asked\nOK', null]);
});

/** A server that says whose certificate it was shown. */
async function asking(t, name, options) {
  const files = { cert: pem(name), key: pem(`${name}-key`), ca: pem('authority'), requestCert: true };
  const heard = https.createServer({ ...files, ...options }, (request, response) => {
    response.end(request.socket.getPeerCertificate().subject?.CN);
  });
  await new Promise((resolve) => heard.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    heard.close();
    heard.closeAllConnections();
  });
  return heard.address();
}

test('of several keys the one is shown that the engine can use', async (t) => {
  const key = ['client', 'client-rsa', 'client-25519'].map((name) => ({ pem: pem(`${name}-key`) }));
  key[0] = { pem: pem('locked-client-key'), passphrase: 'harbour-42' };
  // Certificates are found by their keys.
  const cert = [pem('client-rsa'), pem('client-25519'), String(pem('client'))];
  for (const [name, sigalgs, expected] of [
    ['good', undefined, 'client'],
    ['good', 'ECDSA+SHA256', 'client'],
    ['rsa', 'RSA-PSS+SHA256', 'client-rsa'],
    ['ed25519', 'ed25519', 'client-25519'],
  ]) {
    const way = await asking(t, name, { sigalgs, minVersion: 'TLSv1.3' });
    for (const Class of [Docker, Original]) {
      const shown = await client(way, { cert, key }, Class).ping();
      assert.equal(String(shown), expected, `${Class === Docker} ${name}`);
    }
  }
  // Below 1.3, OpenSSL shows the last one, whether or not it can be used.
  const older = await asking(t, 'rsa', { sigalgs: 'RSA-PSS+SHA256', maxVersion: 'TLSv1.2' });
  assert.equal(String(await client(older, { cert, key }).ping()), 'client-rsa');
  const way = await asking(t, 'good');
  const plain = { cert, key: key.map((one) => one.pem), passphrase: 'harbour-42' };
  assert.equal(String(await client(way, plain).ping()), 'client');
  const halves = [pem('client'), pem('authority')];
  assert.equal(String(await client(way, { cert: halves, key: pem('client-key') }).ping()), 'client');
  const stray = await failureOf(client(way, { cert: [pem('client'), pem('client-rsa')], key }));
  assert.deepEqual([stray.kind, /client certificate and its key/.test(stray.message)], ['tls', true]);
  const wrong = await failureOf(client(way, { cert, key: [{ ...key[0], passphrase: 'wrong' }, key[1]] }));
  assert.match(wrong.message, /the password does not fit/);
});
