// When it cannot connect: one sentence with endpoint, rule, cause and fix, beside the fields that Node's own errors have.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newestEngine, ownEngine } from './engines.mjs';
import { front, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const entry = fileURLToPath(new URL('../../node/dist/index.js', import.meta.url));
const Docker = require(entry);

/** Nothing of this machine chooses an engine. */
function quiet(work) {
  const folder = mkdtempSync(join(tmpdir(), 'dl'));
  const none = Object.fromEntries(
    ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'].map((name) => [name, undefined]),
  );
  const own = {
    HOME: join(folder, 'home'),
    DOCKER_CONFIG: join(folder, 'config'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  };
  return withEnvironment({ ...none, ...own }, () => work(folder));
}

async function failure(options) {
  const error = await new Docker(options).ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
  assert.ok(error.message.includes('(given by the caller)'), error.message);
  assert.ok(error.message.includes(error.explanation), error.message);
  assert.ok(error.hint);
  return error;
}

function facts({ kind, code, errno, syscall, address }) {
  return { kind, code, errno, syscall, address };
}

async function listening(path) {
  mkdirSync(join(path, '..'), { recursive: true });
  const server = createServer();
  await new Promise((resolve) => server.listen(path, resolve));
  return server;
}

test('no socket: those that live are named', () =>
  quiet(async (folder) => {
    const socketPath = join(folder, 'none.sock');
    const other = await listening(join(folder, 'run', 'docker.sock'));
    const error = await failure({ socketPath });
    other.close();
    assert.deepEqual(facts(error), {
      kind: 'daemon_not_found',
      code: 'ENOENT',
      errno: -2,
      syscall: 'connect',
      address: socketPath,
    });
    assert.ok(error.message.startsWith(`connect ENOENT ${socketPath}`));
    assert.ok(error.hint.includes(`unix://${folder}/run/docker.sock (rootless Docker)`), error.hint);
  }));

test('a stale socket, a closed port, an unknown host', () =>
  quiet(async (folder) => {
    const socketPath = join(folder, 'stale.sock');
    execFileSync('python3', ['-c', 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', socketPath]);
    const stale = await failure({ socketPath });
    assert.deepEqual(facts(stale), {
      kind: 'daemon_refused',
      code: 'ECONNREFUSED',
      errno: -111,
      syscall: 'connect',
      address: socketPath,
    });
    assert.match(stale.message, /left over from an engine that is not running/);
    const closed = await failure({ host: '127.0.0.1', port: 1 });
    assert.deepEqual([closed.code, closed.syscall, closed.address], ['ECONNREFUSED', 'connect', '127.0.0.1:1']);
    const unknown = await failure({ host: 'nowhere.invalid', port: 2375 });
    assert.deepEqual([unknown.code, unknown.syscall], ['ENOTFOUND', 'getaddrinfo']);
  }));

test('a socket this user may not open', () => {
  const script = `
    const Docker = require(${JSON.stringify(entry)});
    const docker = new Docker({ socketPath: process.argv[1] });
    docker.endpoint;
    process.setgroups([]);
    process.setgid(65534);
    process.setuid(65534);
    docker.ping().catch(({ kind, code, errno, syscall, address, explanation, hint }) =>
      console.log(JSON.stringify({ kind, code, errno, syscall, address, explanation, hint })));`;
  const { socket } = newestEngine();
  const { explanation, hint, ...rest } = JSON.parse(execFileSync(process.execPath, ['-e', script, socket]));
  assert.deepEqual(rest, {
    kind: 'socket_permission_denied',
    code: 'EACCES',
    errno: -13,
    syscall: 'connect',
    address: socket,
  });
  assert.match(
    explanation,
    /it is owned by root:root with mode 0660, and this process does not belong to the group root/,
  );
  assert.doesNotMatch(hint, /666/);
});

test('an engine that is stopped', async (t) => {
  const engine = ownEngine(t);
  engine.pause();
  const error = await failure({ socketPath: engine.socket, timeout: 500 });
  engine.resume();
  assert.deepEqual([error.kind, error.phase, error.code], ['timeout', 'first_byte', 'ETIMEDOUT']);
  assert.ok(
    error.message.includes(`unix://${engine.socket} (given by the caller): the engine accepted the connection`),
  );
  assert.match(error.message, /did not answer within 0\.5 s/);
});

test('a connection that breaks', async (t) => {
  const way = await front(t, `unix:${newestEngine().socket}`);
  const options = { host: '127.0.0.1', port: way.port };
  await way.tell('drop');
  assert.equal((await failure(options)).code, 'ECONNRESET');
  await way.tell('cut 1000');
  await assert.rejects(new Docker(options).info(), { kind: 'truncated', code: 'ECONNRESET' });
  await way.tell('stall 1000');
  // How long the engine takes to begin its answer is not what is looked at.
  const patient = { ...options, timeout: 500, timeouts: { firstByte: 600_000 } };
  await assert.rejects(new Docker(patient).info(), { kind: 'timeout', phase: 'idle' });
});

function writeContext(folder, name, host) {
  const meta = join(folder, 'config', 'contexts', 'meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(meta, { recursive: true });
  const endpoint = { Host: host, SkipTLSVerify: false };
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }));
}

test('which engine, and why', () =>
  quiet(async (folder) => {
    const { host, socket, release } = newestEngine();
    assert.equal(new Docker({ socketPath: socket }).endpoint, `${host} (given by the caller)`);
    assert.equal(new Docker().endpoint, 'unix:///var/run/docker.sock (the default)');
    writeContext(folder, 'lab', host);
    writeContext(folder, 'far', 'tcp://10.0.0.5:2375');
    writeContext(folder, 'away', 'ssh://me@box:2200');
    writeFileSync(join(folder, 'config', 'config.json'), '{"currentContext": "lab"}');
    const current = new Docker();
    assert.equal((await current.version()).Version, release);
    assert.equal(current.endpoint, `${host} (context "lab", currentContext of config.json)`);
    await withEnvironment({ DOCKER_CONTEXT: 'far' }, () => {
      assert.equal(new Docker().endpoint, 'tcp://10.0.0.5:2375 (context "far", from DOCKER_CONTEXT)');
      assert.ok(new Docker({ socketPath: socket }).endpoint.startsWith(`${host} (given by the caller)`));
    });
    await withEnvironment({ DOCKER_CONTEXT: 'away' }, () => {
      assert.equal(new Docker().endpoint, 'ssh://me@box:2200 (context "away", from DOCKER_CONTEXT)');
    });
    await withEnvironment({ DOCKER_CONTEXT: 'gone' }, async () => {
      await assert.rejects(new Docker().ping(), /the context "gone" .* does not exist/);
      assert.ok(await new Docker({ socketPath: socket }).ping());
    });
    await withEnvironment({ DOCKER_HOST: host }, () => {
      const told = `${host} (from DOCKER_HOST); passed over: context "lab" from config.json (DOCKER_HOST comes first)`;
      assert.equal(new Docker().endpoint, told);
    });
  }));

test('a missing default gives way to a known socket', () =>
  quiet(async (folder) => {
    mkdirSync(join(folder, 'run'));
    symlinkSync(newestEngine().socket, join(folder, 'run', 'docker.sock'));
    const docker = new Docker();
    assert.ok(await docker.ping());
    assert.match(docker.endpoint, /run\/docker\.sock \(the socket of rootless Docker, since the default is missing\)/);
  }));

test('unsafe connections warn once', () => {
  const script = `
    const Docker = require(${JSON.stringify(entry)});
    process.on('warning', ({ name, code, message }) => console.log(JSON.stringify([name, code, message])));
    for (let round = 0; round < 2; round++) new Docker({ host: '192.0.2.77', port: 2375 }).endpoint;
    for (const host of ['127.0.0.1', 'localhost', '::1']) new Docker({ host, port: 2375 }).endpoint;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    new Docker({ host: '127.0.0.1', port: 2376, protocol: 'https', ca: 'x' }).endpoint;`;
  const lines = execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const told = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(([name]) => name !== 'Warning');
  assert.deepEqual(
    told.map(([name, code]) => [name, code]),
    [
      ['UnsafeConnectionWarning', 'DOCKLINE_UNSAFE_CONNECTION'],
      ['UnsafeConnectionWarning', 'DOCKLINE_UNSAFE_CONNECTION'],
    ],
  );
  assert.match(told[0][2], /tcp:\/\/192\.0\.2\.77:2375 \(given by the caller\) is plain TCP to another machine/);
  assert.match(told[1][2], /TLS without verification/);
});
