// ssh for real: Debian's sshd, the machine's own ssh, and `docker system dial-stdio` on the other side.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { newestEngine } from './engines.mjs';
import { home, SSH } from './ssh.mjs';
import { children, until, withEnvironment } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

function connect(options) {
  return new Docker({ protocol: 'ssh', host: 'harbour', ...options });
}

async function failure(docker, kind, words) {
  const error = await docker.ping().then(
    () => assert.fail('this must fail'),
    (failed) => failed,
  );
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, words);
  assert.ok(error.message.includes('ssh://harbour (given by the caller)'), error.message);
  assert.ok(error.hint);
  return error;
}

test('an alias, a user and a port, DOCKER_HOST', async (t) => {
  await home(t, async ({ way }) => {
    const { release } = newestEngine();
    assert.equal((await connect().version()).Version, release);
    assert.ok(await connect({ host: '127.0.0.1', port: way.port, username: 'root' }).ping());
    await withEnvironment({ DOCKER_HOST: 'ssh://harbour' }, async () => {
      const docker = new Docker();
      assert.equal((await docker.version()).Version, release);
      assert.equal(docker.endpoint, 'ssh://harbour (from DOCKER_HOST)');
    });
    global.gc?.();
  });
});

test('one process for many requests, replaced when it dies', async (t) => {
  await home(t, async ({ way }) => {
    const docker = connect();
    for (let round = 0; round < 50; round++) await docker.ping();
    const [old, ...others] = children('dial-stdio');
    assert.deepEqual(others, []);
    assert.equal(await way.connections(), 1);
    process.kill(old, 'SIGKILL');
    await until(() => !children('dial-stdio').includes(old));
    const container = await docker.createContainer({ Image: 'busybox', Cmd: ['true'] });
    await container.remove();
    assert.equal(await way.connections(), 2);
    for (const pid of children('dial-stdio')) process.kill(pid);
  });
});

test('streams, half-close, and what is left early', async (t) => {
  await home(t, async () => {
    const docker = connect();
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
    // Those of before may still be about to end.
    const before = children('dial-stdio');
    const added = () => children('dial-stdio').filter((pid) => !before.includes(pid)).length;
    const events = await docker.getEvents();
    assert.equal(added(), 1);
    events.destroy();
    await until(() => added() === 0);
    const abort = new AbortController();
    const waiting = docker.getEvents({ abortSignal: abort.signal });
    (await waiting).on('error', () => undefined);
    abort.abort();
    await until(() => added() === 0);
    for (const pid of children('dial-stdio')) process.kill(pid);
  });
});

test('refused keys, unknown host keys, no engine, nobody there', async (t) => {
  await home(t, async ({ way, folder, use, known }) => {
    use('stranger');
    const refused = await failure(connect(), 'ssh_authentication', /Permission denied/);
    assert.equal(refused.code, 'DOCKER_SSH_AUTHENTICATION');
    use('client');
    const wrap = (command) => {
      const line = `exec ${SSH} -F ${folder}/config harbour "${command} docker system dial-stdio"`;
      writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\n${line}\n`);
    };
    wrap('DOCKER_HOST=unix:///nowhere.sock');
    await failure(connect(), 'ssh_no_engine', /no engine answers there/);
    wrap('PATH=/nowhere;');
    await failure(connect(), 'ssh_no_docker', /there is no docker CLI/);
    await way.tell('drop');
    await failure(connect(), 'ssh_unreachable', /cannot be reached/);
    await way.tell('none');
    writeFileSync(known, '');
    await failure(connect(), 'ssh_host_key', /key is not known here/);
    await withEnvironment({ PATH: folder }, () => failure(connect(), 'ssh', /no program `ssh` in PATH/));
  });
});
