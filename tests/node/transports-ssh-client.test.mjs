// ssh inside this process, for real: Debian's sshd, keys, passwords, an agent, known_hosts and hostVerifier.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { newestEngine } from './engines.mjs';
import { container } from './smoke.mjs';
import { home, ownServer } from './ssh.mjs';
import { children, until, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

const key = (name) => readFileSync(newestEngine().ssh.keys[name]);
const MiB = 1 << 20;

function connect(way, sshOptions, more) {
  const place = { protocol: 'ssh', host: '127.0.0.1', port: way.port, username: 'root' };
  return new Docker({ ...place, sshOptions: { privateKey: key('client'), ...sshOptions }, ...more });
}

/** No key but what `sshOptions` says. */
const bare = (way, sshOptions, more) => connect(way, { privateKey: undefined, ...sshOptions }, more);

async function failure(docker, kind, words) {
  const error = await docker.ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, words);
  assert.ok(error.hint);
  assert.doesNotMatch(JSON.stringify([error, error.message, error.hint, error.stack]), /anchor-|harbour-|BEGIN/);
  return error;
}

test('keys: as bytes and text, RSA, locked; known_hosts is what counts', async (t) => {
  await home(t, async ({ way }) => {
    const { release } = newestEngine();
    assert.equal((await connect(way).version()).Version, release);
    assert.equal((await connect(way, { privateKey: String(key('client')) }).version()).Version, release);
    assert.ok(await connect(way, { privateKey: key('client-rsa') }).ping());
    const locked = { privateKey: key('client-locked') };
    assert.ok(await connect(way, { ...locked, passphrase: newestEngine().ssh.passphrase }).ping());
    await failure(connect(way, locked), 'ssh_authentication', /is locked, and no passphrase was given/);
    const wrong = connect(way, { ...locked, passphrase: 'harbour-0' });
    await failure(wrong, 'ssh_authentication', /its passphrase does not fit/);
    await failure(connect(way, { privateKey: 'harbour-' }), 'ssh_authentication', /cannot be read/);
    assert.deepEqual(children('dial-stdio'), []);
  });
});

test('an agent', async (t) => {
  await home(t, async ({ way, folder }) => {
    const socket = join(folder, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    t.after(() => agent.kill());
    const add = (name) => {
      writeFileSync(join(folder, 'added'), key(name), { mode: 0o600 });
      execFileSync('ssh-add', ['-q', join(folder, 'added')], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    };
    await until(() => {
      try {
        add('stranger');
        return true;
      } catch {
        return false;
      }
    });
    await failure(bare(way, { agent: socket }), 'ssh_authentication', /the one key of the agent did not fit/);
    add('client-rsa');
    assert.ok(await bare(way, { agent: socket }).ping());
    await failure(bare(way, { agent: `${socket}.not` }), 'ssh_authentication', /the ssh agent at .* does not answer/);
    // The environment's own agent is the ssh program's business.
    await withEnvironment({ DOCKER_HOST: 'ssh://harbour', SSH_AUTH_SOCK: socket }, async () => {
      assert.ok(await new Docker().ping());
      assert.equal(children('dial-stdio').length, 1);
    });
    for (const pid of children('dial-stdio')) process.kill(pid);
  });
});

test('passwords', async (t) => {
  const server = await ownServer(t, ['PermitRootLogin yes']);
  const hostVerifier = () => true;
  const { release } = newestEngine();
  const docker = bare(server, { password: 'anchor-9', hostVerifier });
  assert.equal((await docker.version()).Version, release);
  assert.ok(await bare(server, { hostVerifier }, { password: 'anchor-9' }).ping());
  const wrong = bare(server, { password: 'anchor-0', hostVerifier });
  await failure(wrong, 'ssh_authentication', /refused root: the password did not fit; it takes publickey,? ?password/);
  const both = connect(server, { privateKey: key('stranger'), password: 'anchor-0', hostVerifier });
  await failure(both, 'ssh_authentication', /the password, then a key \(ssh-ed25519\) did not fit/);
});

test('who the server is: hostVerifier with and without a hash, in time or not', async (t) => {
  await home(t, async ({ way, known }) => {
    const blob = readFileSync(newestEngine().ssh.known_hosts, 'utf8').split('\n')[0].split(' ')[2];
    const raw = Buffer.from(blob, 'base64');
    writeFileSync(known, '');
    const unknown = await failure(connect(way), 'ssh_host_key', /not known here: .* showed ssh-ed25519 SHA256:/);
    assert.equal(unknown.code, 'DOCKER_SSH_HOST_KEY');
    assert.ok(unknown.message.includes('(given by the caller)'), unknown.message);
    const asked = [];
    const ask = (answer, hostHash) => (shown, verified) => {
      asked.push(Buffer.isBuffer(shown) ? shown.equals(raw) : shown);
      return typeof answer === 'function' ? answer(verified, hostHash) : answer;
    };
    const sha = createHash('sha256').update(raw).digest('hex');
    assert.ok(await connect(way, { hostVerifier: ask(true) }).ping());
    assert.ok(await connect(way, { hostVerifier: ask(true), hostHash: 'sha256' }).ping());
    const later = (verified) => void setTimeout(verified, 10, true);
    assert.ok(await connect(way, { hostVerifier: ask(later) }).ping());
    assert.deepEqual(asked, [true, sha, true]);
    await failure(connect(way, { hostVerifier: ask(false) }), 'ssh_host_key', /hostVerifier refused the key/);
    const thrown = () => {
      throw new Error('what a key');
    };
    await failure(connect(way, { hostVerifier: thrown }), 'ssh_host_key', /hostVerifier refused .*: what a key/);
    const silent = connect(way, { hostVerifier: () => undefined, readyTimeout: 300 });
    await failure(silent, 'ssh_unreachable', /did not let us in within 0\.3 s/);
    const other = execFileSync('ssh-keygen', ['-y', '-f', newestEngine().ssh.keys.client], { encoding: 'utf8' });
    writeFileSync(known, `[127.0.0.1]:${way.port} ${other}`);
    await failure(connect(way), 'ssh_host_key', /is not the one in known_hosts/);
  });
});

test('strangers, no user, nobody there, something else there, nobody answering', async (t) => {
  await home(t, async ({ way }) => {
    const stranger = connect(way, { privateKey: key('stranger') });
    const refused = await failure(stranger, 'ssh_authentication', /refused root: a key \(ssh-ed25519\) did not fit/);
    assert.equal(refused.code, 'DOCKER_SSH_AUTHENTICATION');
    assert.doesNotMatch(`${require('node:util').inspect(stranger.modem.endpoint)}${refused.endpoint}`, /BEGIN/);
    await failure(connect(way, {}, { username: undefined }), 'invalid_argument', /no user is given/);
    const closed = await failure(connect({ port: 1 }), 'ssh_unreachable', /cannot be reached/);
    assert.equal(closed.errno, -111);
    await failure(connect(way, {}, { host: 'nowhere.invalid' }), 'name_resolution', /cannot be reached/);
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const accepted = [];
    silent.on('connection', ({ remotePort }) => accepted.push(remotePort));
    /** How many were accepted: all there were have been when one that comes after them has. */
    const count = async () => {
      const last = createConnection(silent.address().port, '127.0.0.1');
      await new Promise((resolve) => last.once('connect', resolve));
      await until(() => accepted.includes(last.localPort));
      last.destroy();
      return accepted.splice(0).length - 1;
    };
    const late = connect(silent.address(), { readyTimeout: 300 });
    await failure(late, 'ssh_unreachable', /within 0\.3 s/);
    assert.equal(await count(), 1);
    // Who waits for the same connection does not wait once more.
    const crowd = await Promise.allSettled(Array.from({ length: 20 }, () => late.ping()));
    assert.ok(crowd.every(({ reason }) => reason.kind === 'ssh_unreachable'));
    assert.equal(await count(), 1);
    const sooner = connect(silent.address(), {}, { connectionTimeout: 300 });
    const timeout = await failure(sooner, 'timeout', /socket hang up/);
    assert.equal(timeout.phase, 'connect');
    silent.close();
    await failure(bare(way, { agent: {} }), 'unsupported', /sshOptions\.agent is not supported/);
    await failure(connect(way, { authHandler: [] }), 'unsupported', /sshOptions\.authHandler is not supported/);
  });
});

test('no docker, no engine, no commands', async (t) => {
  const hostVerifier = () => true;
  const none = await ownServer(t, ['SetEnv PATH=/nowhere']);
  await failure(connect(none, { hostVerifier }), 'ssh_no_docker', /there is no docker CLI/);
  const dead = await ownServer(t, [
    `SetEnv DOCKER_HOST=unix:///nowhere.sock "PATH=${process.env.PATH}:${newestEngine().docker.replace(/\/docker$/, '')}"`,
  ]);
  await failure(connect(dead, { hostVerifier }), 'ssh_no_engine', /no engine answers there/);
  const forced = await ownServer(t, ['ForceCommand /bin/false']);
  await failure(connect(forced, { hostVerifier }), 'ssh', /ended before the engine answered/);
  const full = await ownServer(t, ['MaxSessions 0']);
  const docker = connect(full, { hostVerifier });
  await failure(docker, 'ssh', /lets nobody run commands/);
  for (let round = 0; round < 2; round++) await assert.rejects(docker.getEvents(), { kind: 'ssh' });
});

test('calls share a connection, up to what the server allows', async (t) => {
  await home(t, async ({ way }) => {
    const docker = connect(way);
    for (let round = 0; round < 20; round++) await docker.ping();
    await Promise.all(Array.from({ length: 12 }, () => docker.version()));
    assert.equal(await way.connections(), 1);
  });
  const small = await ownServer(t, ['MaxSessions 3']);
  const docker = connect(small, { hostVerifier: () => true });
  const answers = await Promise.all(Array.from({ length: 8 }, () => docker.version()));
  assert.equal(answers.length, 8);
  // What sshd says comes through a pipe of its own.
  const logins = () => small.log().match(/Accepted publickey/g)?.length ?? 0;
  await until(() => logins() > 1);
  assert.ok(logins() <= 8, `${logins()} logins`);
});

test('a slow reader holds nobody up', async (t) => {
  await home(t, async ({ way }) => {
    const docker = connect(way);
    const one = await container(t, docker, { Cmd: ['sh', '-c', 'yes 0123456789abcdef | head -c 33554432; sleep 600'] });
    const stream = await one.attach({ stream: true, stdout: true });
    await one.start();
    await new Promise((resolve) => stream.once('readable', resolve));
    // 32 MiB are on their way to a reader that does not read.
    for (let round = 0; round < 20; round++) await docker.ping();
    // What has been seen may not be in the log yet.
    while ((await one.logs({ stdout: true, follow: false })).length === 0);
    stream.destroy();
    await one.remove({ force: true });
  });
});

test('8 MiB each way, and half-close', async (t) => {
  await home(t, async ({ way }) => {
    const docker = connect(way);
    const one = await container(t, docker, { Cmd: ['sleep', '600'] });
    await one.start();
    const exec = await one.exec({
      Cmd: ['sh', '-c', 'cat; echo end'],
      AttachStdin: true,
      AttachStdout: true,
      Tty: false,
    });
    const duplex = await exec.start({ hijack: true, stdin: true });
    const sent = Buffer.alloc(8 * MiB, 'ab\ncd');
    const hash = createHash('sha256');
    let [total, tail] = [0, ''];
    const sink = new (require('node:stream').Writable)({
      write(part, _encoding, callback) {
        total += part.length;
        hash.update(part.subarray(0, Math.max(0, part.length - Math.max(0, total - sent.length))));
        tail = (tail + part.toString('latin1')).slice(-4);
        callback();
      },
    });
    docker.modem.demuxStream(duplex, sink, sink, { end: true });
    for (let at = 0; at < sent.length; at += MiB) {
      if (!duplex.write(sent.subarray(at, at + MiB))) await new Promise((resolve) => duplex.once('drain', resolve));
    }
    duplex.end();
    await new Promise((resolve, reject) => sink.on('close', resolve) && duplex.on('error', reject));
    assert.equal(total, sent.length + 4);
    assert.equal(tail, 'end\n');
    assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
    await one.remove({ force: true });
  });
});

test('a connection that dies in mid-stream is an error, and is replaced', async (t) => {
  const server = await ownServer(t);
  const docker = connect(server, { hostVerifier: () => true });
  await docker.ping();
  const stream = await docker.getEvents();
  t.after(() => docker.close());
  const broken = new Promise((resolve) => stream.once('error', resolve));
  stream.resume();
  // Every process of this connection, on the other side.
  const kill = () => execFileSync('pkill', ['-KILL', '-P', String(server.pid)]);
  kill();
  const error = await broken;
  assert.equal(error.code, 'ECONNRESET', error.message);
  assert.match(error.message, /ssh connection has ended|closed|aborted/);
  assert.ok(await docker.ping());
  kill();
  await server.stop();
  await failure(docker, 'ssh_unreachable', /cannot be reached/);
});

test('what is left early ends at the other end, too', async (t) => {
  const server = await ownServer(t);
  const docker = connect(server, { hostVerifier: () => true });
  const dialled = () => {
    const words = ['-c', '-f', 'docker system dial-stdio', '--ns', String(server.pid), '--nslist', 'mnt'];
    try {
      return Number(execFileSync('pgrep', words, { encoding: 'utf8' }));
    } catch (error) {
      return Number(error.stdout);
    }
  };
  t.after(() => docker.close());
  await docker.ping();
  const before = dialled();
  assert.ok(before > 0);
  const events = await docker.getEvents();
  assert.equal(dialled(), before * 2);
  events.destroy();
  await until(() => dialled() === before);
  const abort = new AbortController();
  const waiting = docker.getEvents({ abortSignal: abort.signal });
  (await waiting).on('error', () => undefined);
  abort.abort();
  await until(() => dialled() === before);
  const pending = docker.getContainer('none').logs({ follow: true, stdout: true });
  await assert.rejects(pending, { statusCode: 404 });
  const ended = assert.rejects((await docker.getEvents()).toArray(), { kind: 'closed' });
  docker.close();
  await ended;
  await until(() => dialled() === 0);
  await assert.rejects(docker.ping(), { kind: 'closed' });
});

test('an idle connection lets the process end, in a worker, too; a verifier is asked in the thread of its client', async (t) => {
  await home(t, async ({ way, folder }) => {
    const entry = require.resolve('../../node/dist/index.js');
    const source = `const { readFileSync } = require('node:fs');
      const { threadId, Worker } = require('node:worker_threads');
      const Docker = require(${JSON.stringify(entry)});
      let asked;
      const sshOptions = {
        privateKey: readFileSync(${JSON.stringify(newestEngine().ssh.keys.client)}),
        hostVerifier: () => (asked = threadId) === threadId,
      };
      const docker = new Docker({ protocol: 'ssh', host: '127.0.0.1', port: ${way.port}, username: 'root', sshOptions });
      docker.ping().then((answer) => {
        console.log(String(answer), asked === threadId);
        if (threadId === 0) new Worker(__filename);
      });`;
    const file = join(folder, 'program.cjs');
    writeFileSync(file, source);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { signal: t.signal });
    assert.equal(stdout, 'OK true\nOK true\n');
  });
});
