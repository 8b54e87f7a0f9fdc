// What dockerode does not have: waiting for pulls and builds, logs by the line, closing a client, limits told as errors.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { newestEngine, onEveryEngine } from './engines.mjs';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const { LineParser } = require('../../node/dist/log-lines.js');

async function play(t, scenario) {
  const engine = await FakeEngine.start(scenario);
  t.after(() => engine.stop());
  return { engine, docker: new Docker(engine.options) };
}

const EVENTS = [
  { status: 'Pulling from library/x', id: 'latest' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'a' },
  { status: 'Already exists', progressDetail: {}, id: 'b' },
  { status: 'Downloading', progressDetail: { current: 10, total: 100 }, id: 'a' },
  { status: 'Download complete', progressDetail: {}, id: 'a' },
  { status: 'Extracting', progressDetail: { current: 1, total: 100 }, id: 'a' },
  { status: 'Pull complete', progressDetail: {}, id: 'a' },
];
const progress = (...lines) => ({
  routes: [{ path: '*', reply: { framing: 'chunked', body: { json_lines: lines } } }],
});

/** Every call that can wait. */
const WAITING = {
  pull: (docker, options) => docker.pull('x:1', options),
  createImage: (docker, options) => docker.createImage({ fromImage: 'x', ...options }),
  push: (docker, options) => docker.getImage('x').push(options),
  load: (docker, options) => docker.loadImage(Buffer.alloc(1), options),
  import: (docker, options) => docker.importImage(Buffer.alloc(1), options),
  build: (docker, options) => docker.buildImage(Buffer.alloc(1), options),
};

for (const [name, call] of Object.entries(WAITING)) {
  test(`${name}: waiting`, async (t) => {
    const { engine, docker } = await play(t, progress(...EVENTS));
    const totals = [];
    const options = { wait: true, onProgress: (_event, total) => totals.push(total) };
    const events = await call(docker, options);
    assert.equal(events.length, EVENTS.length);
    assert.deepEqual(Object.keys(options), ['wait', 'onProgress'], 'nothing is taken away from the caller');
    const [{ query }] = await engine.requests();
    assert.ok(!query.some(([key]) => key === 'wait' || key === 'onProgress'), 'nothing of it is sent');
    assert.deepEqual(totals[3], { current: 10, total: 100, layers: 2, finished: 1 });
    assert.deepEqual(totals.at(-1), { current: 100, total: 100, layers: 2, finished: 2 });
  });

  test(`${name}: waiting for what fails inside a welcome answer`, async (t) => {
    const failure = { error: 'no space left', errorDetail: { message: 'no space left' } };
    const { docker } = await play(t, progress(EVENTS[0], failure));
    await assert.rejects(call(docker, { wait: true }), /no space left/);
  });

  test(`${name}: waiting for an answer that is cut`, async (t) => {
    const scenario = progress(...EVENTS);
    scenario.routes[0].reply.faults = { cut: { after: 200, how: 'fin' } };
    const { docker } = await play(t, scenario);
    await assert.rejects(call(docker, { wait: true }), { code: 'ECONNRESET' });
  });
}

test('waiting: an onProgress that throws rejects, and closes the connection', async (t) => {
  const { docker } = await play(t, progress(...EVENTS));
  const options = {
    onProgress() {
      throw new Error('enough');
    },
  };
  await assert.rejects(docker.pull('x:1', options), /enough/);
});

test('waiting: the callback form', async (t) => {
  const { docker } = await play(t, progress(...EVENTS));
  const events = await new Promise((resolve, reject) => {
    docker.pull('x:1', { wait: true }, (error, all) => (error ? reject(error) : resolve(all)));
  });
  assert.equal(events.length, EVENTS.length);
});

function frame(kind, text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

test('lines: any split gives the same lines; long ones are put together', () => {
  const at = (second) => `2026-01-02T03:04:0${second}.000000009Z `;
  const wire = Buffer.concat([
    frame(1, `${at(1)}one\n`),
    frame(1, `${at(2)}begin-`),
    frame(2, `${at(3)}errör\n`),
    frame(1, `${at(4)}-end\n`),
    frame(1, `${at(5)}\n`),
    frame(2, `${at(6)}no newline`),
  ]);
  const expected = [
    { stream: 'stdout', line: 'one', time: at(1).trim() },
    { stream: 'stderr', line: 'errör', time: at(3).trim() },
    { stream: 'stdout', line: 'begin--end', time: at(2).trim() },
    { stream: 'stdout', line: '', time: at(5).trim() },
    { stream: 'stderr', line: 'no newline', time: at(6).trim() },
  ];
  for (let cut = 0; cut <= wire.length; cut++) {
    const parser = new LineParser(false, true);
    const lines = [...parser.feed(wire.subarray(0, cut)), ...parser.feed(wire.subarray(cut)), ...parser.finish()];
    assert.deepEqual(lines, expected);
  }
  for (const size of [3, 12, 20]) {
    const parser = new LineParser(false, true);
    parser.feed(wire.subarray(0, size));
    assert.throws(() => parser.finish(), { kind: 'truncated' });
  }
  assert.throws(() => new LineParser(false, true).feed(frame(3, 'gone')), { kind: 'daemon_stream', message: 'gone' });
  const endless = Buffer.from('01000000ffffffff00', 'hex');
  assert.throws(() => new LineParser(false, true).feed(endless), { kind: 'too_large' });
});

onEveryEngine(test, 'lines of a container that runs', async (engine, t) => {
  const docker = new Docker({ socketPath: engine.socket });
  for (const Tty of [false, true]) {
    const script = 'echo one; echo two >&2; head -c 40000 /dev/zero | tr "\\0" x; echo; echo last; sleep 600';
    const container = await docker.createContainer({ Image: 'busybox:latest', Cmd: ['sh', '-c', script], Tty });
    t.after(() => container.remove({ force: true }));
    await container.start();
    const lines = [];
    for await (const line of container.logs({ follow: true, lines: true })) {
      lines.push(line);
      // Two pipes: what was written last need not come last.
      const said = new Set(lines.map((one) => one.line));
      if (said.has('two') && said.has('last')) break;
    }
    const texts = (name) => lines.filter(({ stream }) => stream === name).map(({ line }) => line);
    if (Tty) assert.deepEqual(texts('stdout').slice(0, 2), ['one', 'two']);
    else {
      assert.deepEqual(texts('stdout'), ['one', 'x'.repeat(40000), 'last']);
      assert.deepEqual(texts('stderr'), ['two']);
    }
    for (const { time } of lines) assert.ok(!Number.isNaN(Date.parse(time)), time);
  }
});

test('lines: leaving while waiting closes the connection', async (t) => {
  const body = { frames: [[1, 'x\n']] };
  const headers = { 'Content-Type': 'application/vnd.docker.multiplexed-stream' };
  const faults = { cut: { after: 20, how: 'stall' } };
  const scenario = { routes: [{ path: '*', reply: { framing: 'chunked', headers, body: [body, body], faults } }] };
  const { engine, docker } = await play(t, scenario);
  const lines = docker.getContainer('c').logs({ follow: true, lines: true });
  assert.deepEqual((await lines.next()).value, { stream: 'stdout', line: 'x', time: undefined });
  const waiting = lines.next();
  await lines.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  while ((await engine.connections()).open > 0);
});

test('lines: a container that does not exist', async (t) => {
  const { docker } = await play(t, { default: { status: 404, body: { json: { message: 'No such container: c' } } } });
  await assert.rejects(docker.getContainer('c').logs({ lines: true }).next(), { statusCode: 404 });
});

const STALLED = {
  routes: [
    { path: '/_ping', reply: { body: 'OK' } },
    { path: '*/logs', reply: { framing: 'chunked', body: ['x', 'y'], faults: { cut: { after: 6, how: 'stall' } } } },
    { path: '*/wait', reply: { faults: { cut: { after: 0, in: 'head', how: 'stall' } } } },
  ],
};

test('close: calls in flight, streams, and whatever comes afterwards', async (t) => {
  const { engine, docker } = await play(t, STALLED);
  const stream = await docker.getContainer('c').logs({ follow: true, stdout: true });
  const broken = new Promise((resolve) => stream.once('error', resolve));
  stream.resume();
  const waiting = docker.getContainer('c').wait();
  while ((await engine.requests()).length < 2);
  docker.close();
  await assert.rejects(waiting, { kind: 'closed' });
  assert.equal((await broken).kind, 'closed');
  await assert.rejects(docker.ping(), { kind: 'closed' });
  const [error] = await new Promise((resolve) => docker.getContainer('c').inspect((...all) => resolve(all)));
  assert.equal(error.kind, 'closed');
  docker.close();
  while ((await engine.connections()).open > 0);
});

test('close: by symbol, and before anything was sent', async () => {
  for (const symbol of [Symbol.dispose, Symbol.asyncDispose]) {
    const docker = new Docker({ socketPath: newestEngine().socket });
    await docker[symbol]();
    await assert.rejects(docker.ping(), { kind: 'closed' });
  }
});

test('more JSON than a string can hold is an error with a kind', async (t) => {
  const MiB = 1 << 20;
  const body = ['["', { repeat: 'x'.repeat(MiB), count: 513 }, '"]'];
  const { docker } = await play(t, { record: false, default: { framing: 'chunked', body } });
  await assert.rejects(docker.listContainers(), { kind: 'too_large', message: /more than a string can hold/ });
});
