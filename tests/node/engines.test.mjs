// Against real engines, every version: dockerode and dockline do the same things and get the same results.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { onEveryEngine } from './engines.mjs';

const require = createRequire(import.meta.url);
const Original = require('dockerode');
const Docker = require('../../node/dist/index.js');

const IMAGE = 'busybox:latest';
const open = (engine, Client = Docker) => new Client({ socketPath: engine.socket });

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

/** A container that is removed when the test ends. */
async function container(t, docker, options) {
  const created = await docker.createContainer({ Image: IMAGE, ...options });
  t.after(() => created.remove({ force: true, v: true }).catch(() => undefined));
  return created;
}

/** A result without what differs between two calls: ids, times, addresses, counters. */
function shape(value) {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (Buffer.isBuffer(value)) return 'buffer';
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, shape(value[key])]),
  );
}

onEveryEngine(test, 'reads give the same as the original', async (engine, t) => {
  const [ours, theirs] = [open(engine), open(engine, Original)];
  await container(t, ours, { Cmd: ['true'], Labels: { a: 'b' } });
  for (const read of [
    (docker) => docker.version(),
    (docker) => docker.listImages(),
    (docker) => docker.getImage(IMAGE).inspect(),
    (docker) => docker.getImage(IMAGE).history(),
    async (docker) => (await docker.listNetworks()).find(({ Name }) => Name === 'bridge'),
    (docker) => docker.getNetwork('bridge').inspect(),
    (docker) => docker.ping(),
    (docker) => docker.listContainers({ all: true, limit: 1 }),
  ]) {
    assert.deepEqual(shape(await read(ours)), shape(await read(theirs)), String(read));
  }
  assert.deepEqual(await ours.getImage(IMAGE).inspect(), await theirs.getImage(IMAGE).inspect());
});

onEveryEngine(test, 'create, start, follow, wait, remove', async (engine, t) => {
  const docker = open(engine);
  const script = 'for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 7';
  const one = await container(t, docker, { Cmd: ['sh', '-c', script] });
  await one.start();
  const stream = await one.logs({ follow: true, stdout: true, stderr: true });
  const [stdout, stderr] = [sink(), sink()];
  docker.modem.demuxStream(stream, stdout, stderr, { end: true });
  assert.equal((await one.wait()).StatusCode, 7);
  await Promise.all(
    [stdout, stderr].map((output) => output.closed || new Promise((resolve) => output.on('close', resolve))),
  );
  assert.equal(stdout.text(), 'out 1\nout 2\nout 3\n');
  assert.equal(stderr.text(), 'err 1\nerr 2\nerr 3\n');
  const buffered = await one.logs({ stdout: true, stderr: true });
  assert.ok(Buffer.isBuffer(buffered));
  await assert.rejects(one.stop(), { statusCode: 304, reason: 'container already stopped' });
  assert.equal((await one.inspect()).State.ExitCode, 7);
  await one.remove();
  await assert.rejects(one.inspect(), (error) => error.statusCode === 404 && /no such container/i.test(error.message));
});

onEveryEngine(test, 'run, with outputs apart', async (engine, t) => {
  const docker = open(engine);
  const outputs = [sink(), sink()];
  const [result, created] = await docker.run(IMAGE, ['sh', '-c', 'echo a; echo b >&2; exit 3'], outputs, {
    Tty: false,
  });
  t.after(() => created.remove({ force: true }));
  assert.equal(result.StatusCode, 3);
  assert.deepEqual(
    outputs.map((output) => output.text()),
    ['a\n', 'b\n'],
  );
});

onEveryEngine(test, 'exec: plain, with stdin, hijacked', async (engine, t) => {
  const docker = open(engine);
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

onEveryEngine(test, 'attach with stdin', async (engine, t) => {
  const docker = open(engine);
  const one = await container(t, docker, { Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true });
  const duplex = await one.attach({ stream: true, stdin: true, stdout: true, hijack: true });
  await one.start();
  const output = sink();
  docker.modem.demuxStream(duplex, output, output, { end: true });
  duplex.end('hello');
  await new Promise((resolve) => output.on('close', resolve));
  assert.equal(output.text(), 'hello');
});

onEveryEngine(test, 'archives in and out', async (engine, t) => {
  const docker = open(engine);
  const one = await container(t, docker, { Cmd: ['true'] });
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-archive-'));
  writeFileSync(path.join(folder, 'file.txt'), 'x'.repeat(100_000));
  const { execFileSync } = await import('node:child_process');
  const tar = execFileSync('tar', ['-cf', '-', '-C', folder, 'file.txt']);
  await one.putArchive(tar, { path: '/tmp' });
  const back = await text(await one.getArchive({ path: '/tmp/file.txt' }));
  assert.ok(back.includes('x'.repeat(100_000)));
  const { headers } = await one.infoArchive({ path: '/tmp/file.txt' });
  assert.equal(JSON.parse(Buffer.from(headers['x-docker-container-path-stat'], 'base64')).size, 100_000);
  assert.ok((await text(await one.export())).length > 100_000);
});

onEveryEngine(test, 'a failing pull is an error', async (engine) => {
  const docker = open(engine);
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

onEveryEngine(test, 'stats, top, events', async (engine, t) => {
  const docker = open(engine);
  const events = await docker.getEvents({ filters: { type: ['container'] } });
  const seen = new Promise((resolve) => events.once('data', (part) => resolve(JSON.parse(part))));
  const one = await container(t, docker, { Cmd: ['sleep', '600'] });
  assert.equal((await seen).Action, 'create');
  events.destroy();
  await one.start();
  assert.equal((await one.top()).Processes.length, 1);
  assert.ok((await one.stats({ stream: false })).memory_stats);
  const live = await one.stats({ stream: true });
  const [sample] = await new Promise((resolve) => live.once('data', (part) => resolve([JSON.parse(part)])));
  assert.ok(sample.cpu_stats);
  live.destroy();
});

onEveryEngine(test, 'builds: classic, and BuildKit with its session', async (engine, t) => {
  const docker = open(engine);
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-build-'));
  writeFileSync(path.join(folder, 'Dockerfile'), `FROM ${IMAGE}\nCOPY Dockerfile /copied\n`);
  for (const version of ['1', '2']) {
    const tag = `dockline-node-test:v${version}`;
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

onEveryEngine(test, 'networks and volumes', async (engine, t) => {
  const docker = open(engine);
  const network = await docker.createNetwork({ Name: `dockline-node-${process.pid}` });
  t.after(() => network.remove().catch(() => undefined));
  const one = await container(t, docker, { Cmd: ['true'] });
  await network.connect({ Container: one.id });
  assert.ok(`dockline-node-${process.pid}` in (await one.inspect()).NetworkSettings.Networks);
  await network.disconnect({ Container: one.id, Force: true });
  await network.remove();
  const volume = await docker.createVolume({ Labels: { a: 'b' } });
  assert.equal((await volume.inspect()).Labels.a, 'b');
  await volume.remove();
  await assert.rejects(volume.inspect(), { statusCode: 404, reason: 'no such volume' });
});
