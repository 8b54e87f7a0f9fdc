// What every transport has to carry: each a short use of a real engine, written once and run over all of them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';

/** An image that is on every engine. */
export const IMAGE = 'busybox:latest';

/** Names, and functions of a client and the test's context. */
export const smoke = [];

function define(name, work) {
  smoke.push([name, work]);
}

function sink() {
  const parts = [];
  const output = new Writable({
    write(chunk, _encoding, callback) {
      parts.push(Buffer.from(chunk));
      callback();
    },
  });
  output.text = () => Buffer.concat(parts).toString();
  return output;
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** When a writable has closed. */
const closed = (output) => output.closed || new Promise((resolve) => output.on('close', resolve));

/** The first line of a stream of JSON, in however many pieces it comes. */
function firstValue(stream) {
  let text = '';
  return new Promise((resolve, reject) => {
    const take = (part) => {
      text += part;
      if (!text.includes('\n')) return;
      stream.off('data', take);
      resolve(JSON.parse(text.split('\n')[0]));
    };
    stream.on('data', take).once('error', reject);
  });
}

/** A container that is removed when the test ends. */
export async function container(t, docker, options) {
  const created = await docker.createContainer({ Image: IMAGE, ...options });
  t.after(() => created.remove({ force: true, v: true }).catch(() => undefined));
  return created;
}

define('create, start, follow, wait, remove', async (docker, t) => {
  const script = 'for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 7';
  const one = await container(t, docker, { Cmd: ['sh', '-c', script] });
  await one.start();
  const stream = await one.logs({ follow: true, stdout: true, stderr: true });
  const [stdout, stderr] = [sink(), sink()];
  docker.modem.demuxStream(stream, stdout, stderr, { end: true });
  assert.equal((await one.wait()).StatusCode, 7);
  await Promise.all([stdout, stderr].map(closed));
  assert.equal(stdout.text(), 'out 1\nout 2\nout 3\n');
  assert.equal(stderr.text(), 'err 1\nerr 2\nerr 3\n');
  const buffered = await one.logs({ stdout: true, stderr: true });
  assert.ok(Buffer.isBuffer(buffered));
  await assert.rejects(one.stop(), { statusCode: 304, reason: 'container already stopped' });
  assert.equal((await one.inspect()).State.ExitCode, 7);
  await one.remove();
  await assert.rejects(one.inspect(), (error) => error.statusCode === 404 && /no such container/i.test(error.message));
});

define('run, with outputs apart', async (docker, t) => {
  const outputs = [sink(), sink()];
  const [result, created] = await docker.run(IMAGE, ['sh', '-c', 'echo a; echo b >&2; exit 3'], outputs, {
    Tty: false,
  });
  t.after(() => created.remove({ force: true }));
  assert.equal(result.StatusCode, 3);
  // The answer to `wait` and the last of the output come over two connections.
  await Promise.all(outputs.map(closed));
  assert.deepEqual(
    outputs.map((output) => output.text()),
    ['a\n', 'b\n'],
  );
});

define('exec: plain, with stdin, hijacked', async (docker, t) => {
  const one = await container(t, docker, { Cmd: ['sleep', '600'], Tty: false });
  await one.start();
  const plain = await one.exec({ Cmd: ['sh', '-c', 'echo hi; exit 4'], AttachStdout: true, AttachStderr: true });
  const output = sink();
  const stream = await plain.start({});
  docker.modem.demuxStream(stream, output, output, { end: true });
  await new Promise((resolve) => output.on('close', resolve));
  assert.equal(output.text(), 'hi\n');
  assert.equal((await plain.inspect()).ExitCode, 4);
  for (const how of [{ stdin: true }, { stdin: true, hijack: true }]) {
    const exec = await one.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true, Tty: false });
    const duplex = await exec.start(how);
    const echoed = sink();
    docker.modem.demuxStream(duplex, echoed, echoed, { end: true });
    duplex.write('one ');
    duplex.end('two');
    await new Promise((resolve) => echoed.on('close', resolve));
    assert.equal(echoed.text(), 'one two', JSON.stringify(how));
  }
});

define('attach with stdin', async (docker, t) => {
  const one = await container(t, docker, { Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true });
  const duplex = await one.attach({ stream: true, stdin: true, stdout: true, hijack: true });
  await one.start();
  const output = sink();
  docker.modem.demuxStream(duplex, output, output, { end: true });
  duplex.end('hello');
  await new Promise((resolve) => output.on('close', resolve));
  assert.equal(output.text(), 'hello');
});

define('archives in and out', async (docker, t) => {
  const one = await container(t, docker, { Cmd: ['true'] });
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-archive-'));
  writeFileSync(path.join(folder, 'file.txt'), 'x'.repeat(100_000));
  const tar = execFileSync('tar', ['-cf', '-', '-C', folder, 'file.txt']);
  await one.putArchive(tar, { path: '/tmp' });
  const back = await text(await one.getArchive({ path: '/tmp/file.txt' }));
  assert.ok(back.includes('x'.repeat(100_000)));
  const { headers } = await one.infoArchive({ path: '/tmp/file.txt' });
  assert.equal(JSON.parse(Buffer.from(headers['x-docker-container-path-stat'], 'base64')).size, 100_000);
  assert.ok((await text(await one.export())).length > 100_000);
});

define('a failing pull is an error', async (docker) => {
  const finished = docker
    .pull('127.0.0.1:5000/absent:none')
    .then(
      (stream) =>
        new Promise((resolve, reject) =>
          docker.modem.followProgress(stream, (error, out) => (error ? reject(error) : resolve(out))),
        ),
    );
  await assert.rejects(finished, /not found|manifest unknown/i);
});

define('stats, top, events', async (docker, t) => {
  const label = `dockline.smoke=${randomUUID()}`;
  // The engine answers before it begins to listen: what happens in between is had from the past.
  const events = await docker.getEvents({ since: 1, filters: { type: ['container'], label: [label] } });
  const seen = firstValue(events);
  const Labels = Object.fromEntries([label.split('=')]);
  const one = await container(t, docker, { Cmd: ['sleep', '600'], Labels });
  assert.equal((await seen).Action, 'create');
  events.destroy();
  await one.start();
  assert.equal((await one.top()).Processes.length, 1);
  assert.ok((await one.stats({ stream: false })).memory_stats);
  const live = await one.stats({ stream: true });
  assert.ok((await firstValue(live)).cpu_stats);
  live.destroy();
});

define('builds: classic, and BuildKit with its session', async (docker, t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-build-'));
  const name = `dockline-node-${randomUUID()}`;
  // With its own name in it, the image shares no layer with one that another test is about to remove.
  writeFileSync(path.join(folder, 'Dockerfile'), `FROM ${IMAGE}\n# ${name}\nCOPY Dockerfile /copied\n`);
  for (const version of ['1', '2']) {
    const tag = `${name}:v${version}`;
    const stream = await docker.buildImage({ context: folder, src: ['Dockerfile'] }, { t: tag, version });
    const output = await new Promise((resolve, reject) =>
      docker.followProgress(stream, (error, out) => (error ? reject(error) : resolve(out))),
    );
    t.after(() =>
      docker
        .getImage(tag)
        .remove({ force: true })
        .catch(() => undefined),
    );
    assert.ok(output.length > 0);
    assert.ok((await docker.getImage(tag).inspect()).Id.startsWith('sha256:'));
  }
});

define('networks and volumes', async (docker, t) => {
  const name = `dockline-node-${randomUUID()}`;
  const network = await docker.createNetwork({ Name: name });
  t.after(() => network.remove().catch(() => undefined));
  const one = await container(t, docker, { Cmd: ['true'] });
  await network.connect({ Container: one.id });
  assert.ok(name in (await one.inspect()).NetworkSettings.Networks);
  await network.disconnect({ Container: one.id, Force: true });
  await network.remove();
  const volume = await docker.createVolume({ Labels: { a: 'b' } });
  assert.equal((await volume.inspect()).Labels.a, 'b');
  await volume.remove();
  await assert.rejects(volume.inspect(), { statusCode: 404, reason: 'no such volume' });
});

define('what takes too long, and what is left', async (docker, t) => {
  const one = await container(t, docker, { Cmd: ['sleep', '600'] });
  await one.start();
  await assert.rejects(one.wait({ timeouts: { total: 300 } }), { kind: 'timeout', phase: 'total' });
  const call = new AbortController();
  const waiting = one.wait({ abortSignal: call.signal });
  call.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  const follow = new AbortController();
  const stream = await one.logs({ follow: true, stdout: true, abortSignal: follow.signal });
  const failed = new Promise((resolve) => stream.on('error', resolve));
  follow.abort();
  assert.equal((await failed).name, 'AbortError');
  const other = await one.logs({ follow: true, stdout: true });
  const closed = new Promise((resolve) => other.on('close', resolve));
  other.destroy();
  await closed;
  assert.equal((await one.inspect()).State.Running, true);
});
