// Streams against the fake engine: every ending is told apart, nothing hangs, a slow reader slows the socket.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { PassThrough, Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const { errorKinds } = require('../../node/dist/native.js');
const { codeOf, fromNative } = require('../../node/dist/errors.js');
const modem = new Docker({ socketPath: '/nowhere' }).modem;

/** A fake engine that plays a scenario, and a client of it. */
async function play(t, scenario, options) {
  const engine = await FakeEngine.start(scenario);
  t.after(() => engine.stop());
  return { engine, docker: new Docker({ ...engine.options, ...options }) };
}

const reply = (path, answer, method) => ({ routes: [{ path, ...(method && { method }), reply: answer }] });
const logs = (answer) => reply('/containers/*/logs', { framing: 'chunked', ...answer });
const FOLLOW = { follow: true, stdout: true, stderr: true };

/** Resolves when a stream has closed, whichever way; listens for nothing else. */
const closed = (stream) => new Promise((resolve) => stream.on('close', resolve));

/** Everything a stream does, in order. */
function watch(stream) {
  const seen = { data: [], events: [] };
  stream.on('data', (part) => seen.data.push(part));
  for (const event of ['end', 'aborted', 'error', 'close']) {
    stream.on(event, (value) => {
      seen.events.push(event);
      if (event === 'error') seen.error = value;
    });
  }
  return closed(stream).then(() => seen);
}

function frame(kind, payload) {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** A writable that keeps what it gets; with `slow`, each write takes a turn of the event loop. */
function sink(slow = false) {
  const parts = [];
  const output = new Writable({
    highWaterMark: slow ? 1 : 16384,
    write(chunk, _encoding, callback) {
      parts.push(chunk);
      if (slow) setImmediate(callback);
      else callback();
    },
  });
  output.text = () => Buffer.concat(parts).toString();
  return output;
}

test('one data event for each HTTP chunk, a clean end', async (t) => {
  const { docker } = await play(t, 'logs_ok');
  const stream = await docker.getContainer('c').logs(FOLLOW);
  assert.equal(stream.statusCode, 200);
  assert.match(stream.headers['content-type'], /multiplexed/);
  assert.ok(stream.rawHeaders.includes('Content-Type'));
  const seen = await watch(stream);
  assert.deepEqual(
    seen.data.map((part) => part.length),
    [19, 18, 18],
  );
  assert.deepEqual(seen.events, ['end', 'close']);
  assert.ok(stream.complete && !stream.aborted);
});

for (const scenario of ['logs_truncated', 'logs_reset']) {
  test(`${scenario}: aborted and error, never a quiet end`, async (t) => {
    const { docker } = await play(t, scenario);
    const stream = await docker.getContainer('c').logs(FOLLOW);
    const seen = await watch(stream);
    assert.deepEqual(seen.events, ['aborted', 'error', 'close']);
    assert.equal(seen.error.code, 'ECONNRESET');
    assert.ok(stream.aborted && !stream.complete);
  });

  test(`${scenario}: async iteration rejects`, async (t) => {
    const { docker } = await play(t, scenario);
    const stream = await docker.getContainer('c').logs(FOLLOW);
    await assert.rejects(
      async () => {
        for await (const _ of stream);
      },
      { code: 'ECONNRESET' },
    );
  });

  test(`${scenario}: a buffered answer rejects`, async (t) => {
    const { docker } = await play(t, scenario);
    await assert.rejects(docker.getContainer('c').logs({ stdout: true }), { code: 'ECONNRESET' });
  });

  test(`${scenario}: without an error listener the process lives on`, async (t) => {
    const { docker } = await play(t, scenario);
    const stream = await docker.getContainer('c').logs(FOLLOW);
    stream.resume();
    await closed(stream);
    assert.ok(stream.aborted);
  });
}

test('a JSON answer cut short rejects', async (t) => {
  const { docker } = await play(t, 'json_length_short');
  await assert.rejects(docker.getContainer('c').inspect(), { code: 'ECONNRESET', kind: 'truncated' });
});

test('logs without follow give a Buffer, frames and all', async (t) => {
  const { docker } = await play(t, 'logs_ok');
  const buffer = await docker.getContainer('c').logs({ stdout: true, stderr: true });
  assert.ok(Buffer.isBuffer(buffer));
  assert.equal(buffer.length, 55);
  assert.equal(buffer[0], 1);
});

test('a truthy follow that is not true is buffered and handed over as a stream', async (t) => {
  const { docker } = await play(t, 'logs_ok');
  const stream = await docker.getContainer('c').logs({ stdout: true, follow: 1 });
  const parts = [];
  for await (const part of stream) parts.push(part);
  assert.equal(Buffer.concat(parts).length, 55);
});

test('an empty answer is an empty Buffer, a text one is itself', async (t) => {
  const { engine, docker } = await play(t, reply('/_ping', { body: 'OK' }));
  assert.deepEqual(await docker.ping(), Buffer.from('OK'));
  await engine.scenario(reply('/containers/*/start', { status: 204 }));
  assert.deepEqual(await docker.getContainer('c').start(), Buffer.alloc(0));
});

test('hijack: early bytes, echo, half-close, last words', async (t) => {
  const { docker } = await play(t, 'attach');
  const duplex = await docker.getContainer('c').attach({ stream: true, stdin: true, hijack: true });
  const seen = watch(duplex);
  duplex.setKeepAlive(true).setNoDelay(true);
  duplex.end('hello\n');
  const { data, events } = await seen;
  assert.match(Buffer.concat(data).toString(), /behind the head[\s\S]*hello[\s\S]*bye/);
  assert.deepEqual(events, ['end', 'close']);
});

test('stdin without hijack: an HttpDuplex', async (t) => {
  const { docker } = await play(t, 'attach_without_101');
  const duplex = await docker.getExec('e').start({ stdin: true });
  assert.equal(duplex.constructor.name, 'HttpDuplex');
  assert.equal(duplex._output.statusCode, 200);
  const seen = watch(duplex);
  duplex.req.write('hello\n');
  duplex.end();
  assert.match(Buffer.concat((await seen).data).toString(), /behind the head[\s\S]*hello[\s\S]*bye/);
});

test('a refused upgrade is an ordinary error', async (t) => {
  const { docker } = await play(t, 'attach_refused');
  await assert.rejects(docker.getContainer('c').attach({ stream: true, hijack: true }), {
    statusCode: 409,
    json: null,
  });
});

test('infoArchive gives the headers of a HEAD', async (t) => {
  const { docker } = await play(
    t,
    reply('/containers/*/archive', { headers: { 'X-Docker-Container-Path-Stat': 'e30=' } }),
  );
  const stream = await docker.getContainer('c').infoArchive({ path: '/' });
  assert.equal(stream.headers['x-docker-container-path-stat'], 'e30=');
});

test('destroy closes the connection', async (t) => {
  const { engine, docker } = await play(t, logs({ body: [''], faults: { cut: { after: 0, how: 'stall' } } }));
  const stream = await docker.getContainer('c').logs(FOLLOW);
  stream.resume();
  stream.destroy();
  await once(stream, 'close');
  while ((await engine.connections()).open > 0);
});

test('an abort signal ends a call, a stream and a connection', async (t) => {
  const { engine, docker } = await play(t, 'wedge');
  const controller = new AbortController();
  const call = docker.getContainer('c').inspect({ abortSignal: controller.signal });
  while ((await engine.requests()).length === 0);
  controller.abort();
  await assert.rejects(call, { name: 'AbortError', code: 'ABORT_ERR' });
  await assert.rejects(docker.ping({ abortSignal: AbortSignal.abort() }), { name: 'AbortError' });

  await engine.scenario(logs({ body: ['x', 'y'], faults: { cut: { after: 6, how: 'stall' } } }));
  const second = new AbortController();
  const stream = await docker.getContainer('c').logs({ ...FOLLOW, abortSignal: second.signal });
  const seen = watch(stream);
  await once(stream, 'data');
  second.abort();
  assert.equal((await seen).error.name, 'AbortError');
});

test('timeouts say which phase, and keep the old error within reach', async (t) => {
  const { docker } = await play(t, 'wedge', { timeout: 50 });
  const error = await docker
    .getContainer('c')
    .inspect()
    .catch((failure) => failure);
  assert.equal(error.code, 'ETIMEDOUT');
  assert.equal(error.phase, 'first_byte');
  assert.match(error.message, /socket hang up/);
  assert.equal(error.cause.code, 'ECONNRESET');
});

test('limits for each phase: of a client, of a call, and never sent', async (t) => {
  const ended = ({ docker }, options) =>
    docker
      .getContainer('c')
      .inspect({ size: true, ...options })
      .then(
        () => ['done'],
        (error) => [error.code, error.phase],
      );
  const limited = async (scenario, timeouts, options) => ended(await play(t, scenario, { timeouts }), options);
  assert.deepEqual(await limited('wedge', { firstByte: 50 }), ['ETIMEDOUT', 'first_byte']);
  assert.deepEqual(await limited('wedge', { total: 50 }), ['ETIMEDOUT', 'total']);
  assert.deepEqual(await limited('wedge', undefined, { timeouts: { total: 50 } }), ['ETIMEDOUT', 'total']);
  const stalled = await limited('wedge_after_head', { firstByte: 600_000, idle: 50 });
  assert.deepEqual(stalled, ['ETIMEDOUT', 'idle']);
  // A call's limits take the place of those it names.
  const longer = { timeouts: { firstByte: 600_000 } };
  assert.deepEqual(await limited('wedge', { firstByte: 50, total: 100 }, longer), ['ETIMEDOUT', 'total']);
  const way = await play(t, reply('/containers/*/json', { body: { json: {} } }), { timeouts: { total: 600_000 } });
  assert.deepEqual(await ended(way, longer), ['done']);
  assert.equal((await way.engine.requests()).at(-1).target, '/containers/c/json?size=true');
  const agent = new Docker({ ...way.engine.options, agent: {}, timeouts: { total: 1 } });
  await assert.rejects(agent.ping(), { kind: 'unsupported', message: /^timeouts: only on the road/ });
});

test('highWaterMark: pieces as large as they come, whatever the engine’s chunks were, and never sent', async (t) => {
  const body = Array.from({ length: 100 }, (_, at) => String.fromCharCode(97 + (at % 26)).repeat(100));
  const { engine, docker } = await play(t, reply('/containers/*/archive', { framing: 'chunked', body }));
  const container = docker.getContainer('c');
  const pieces = async (options) => {
    const stream = await container.getArchive({ path: '/x', ...options });
    const found = [];
    stream.on('data', (piece) => found.push(piece));
    await once(stream, 'end');
    assert.equal(String(Buffer.concat(found)), body.join(''));
    return found.map((piece) => piece.length);
  };
  assert.deepEqual(await pieces(), Array(100).fill(100));
  const small = await pieces({ highWaterMark: 64 });
  assert.ok(
    small.every((size) => size <= 64),
    `${small}`,
  );
  assert.ok((await pieces({ highWaterMark: 1 << 20 })).length < 100, 'many chunks in a piece');
  assert.equal((await container.getArchive({ path: '/x', highWaterMark: 512 })).readableHighWaterMark, 512);
  for (const { target } of await engine.requests()) assert.equal(target, '/containers/c/archive?path=%2Fx');
  const sent = (await engine.requests()).length;
  for (const wrong of [0, -1, 1.5, '64']) {
    const refused = {
      kind: 'invalid_argument',
      message: /^highWaterMark must be a positive whole number of bytes, not /,
    };
    await assert.rejects(container.getArchive({ path: '/x', highWaterMark: wrong }), refused);
  }
  assert.equal((await engine.requests()).length, sent);
});

test('connection errors have Node’s fields', async () => {
  const error = await new Docker({ socketPath: '/nowhere/docker.sock' }).ping().catch((failure) => failure);
  assert.equal(error.code, 'ENOENT');
  assert.equal(error.syscall, 'connect');
  assert.equal(error.address, '/nowhere/docker.sock');
  assert.equal(error.errno, -2);
  assert.match(error.message, /^connect ENOENT \/nowhere\/docker\.sock/);
});

test('a slow reader slows the engine', async (t) => {
  const { engine, docker } = await play(
    t,
    logs({ body: { repeat: { frames: [[1, 'x'.repeat(16376)]] }, count: 4096 } }),
  );
  const stream = await docker.getContainer('c').logs(FOLLOW);
  stream.once('readable', () => undefined);
  await once(stream, 'readable');
  let before = -1;
  let now = 0;
  // The engine writes until buffers are full, then no further.
  while (now !== before) {
    before = now;
    for (let turn = 0; turn < 50; turn++) now = (await engine.connections()).written;
  }
  assert.ok(now < 4 << 20, `${now} bytes were taken without a reader`);
  stream.destroy();
});

test('uploads: chunked, with backpressure, and a failing source is the call’s error', async (t) => {
  const { engine, docker } = await play(t, reply('/containers/*/archive', { body: '' }, 'PUT'));
  const block = Buffer.alloc(65536, 'a');
  await docker.getContainer('c').putArchive(Readable.from(Array(64).fill(block)), { path: '/' });
  const [request] = await engine.requests();
  assert.equal(request.body_length, 64 * 65536);
  const failing = new Readable({
    read() {
      this.destroy(new Error('the disk is gone'));
    },
  });
  await assert.rejects(docker.getContainer('c').putArchive(failing, { path: '/' }), /the disk is gone/);
});

test('an engine that refuses an upload early is heard', async (t) => {
  const { docker } = await play(t, 'upload_refused_early');
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65536));
    },
  });
  await assert.rejects(docker.getContainer('c').putArchive(endless, { path: '/' }), (error) => error.statusCode >= 400);
  endless.destroy();
});

test('AsyncLocalStorage holds in callbacks and stream events', async (t) => {
  const { docker } = await play(t, 'logs_ok');
  const storage = new AsyncLocalStorage();
  await storage.run(
    'mine',
    () =>
      new Promise((resolve) => {
        docker.getContainer('c').logs(FOLLOW, (_error, stream) => {
          assert.equal(storage.getStore(), 'mine');
          stream.on('data', () => assert.equal(storage.getStore(), 'mine'));
          stream.on('end', () => {
            assert.equal(storage.getStore(), 'mine');
            resolve();
          });
        });
      }),
  );
});

test('demuxStream: any split gives the same outputs', async () => {
  const wire = Buffer.concat([
    frame(1, 'out'),
    frame(0, 'in'),
    frame(2, ''),
    frame(2, 'err'),
    frame(1, 'x'.repeat(300)),
  ]);
  for (let at = 0; at <= wire.length; at++) {
    const [source, stdout, stderr] = [new PassThrough(), sink(), sink()];
    modem.demuxStream(source, stdout, stderr, { end: true });
    source.write(wire.subarray(0, at));
    source.end(wire.subarray(at));
    await Promise.all([once(stdout, 'close'), once(stderr, 'close')]);
    assert.equal(stdout.text(), `out${'x'.repeat(300)}`);
    assert.equal(stderr.text(), 'inerr');
  }
});

test('demuxStream: not frames is passed on untouched, also from the middle', async () => {
  for (const [wire, expected] of [
    ['plain text, long enough', 'plain text, long enough'],
    [Buffer.concat([frame(1, 'a'), Buffer.from('garbage garbage')]), 'agarbage garbage'],
  ]) {
    const [source, stdout, stderr] = [new PassThrough(), sink(), sink()];
    modem.demuxStream(source, stdout, stderr);
    source.end(wire);
    await once(source, 'end');
    assert.equal(stdout.text(), expected);
    assert.equal(stdout.writableEnded, false, 'outputs are not ended unless asked for');
  }
});

test('demuxStream: waits for a full output', async () => {
  const frames = Buffer.concat(Array.from({ length: 1000 }, () => frame(1, 'y'.repeat(100))));
  const source = Readable.from(Array(50).fill(frames));
  const [stdout, stderr] = [sink(true), sink()];
  let most = 0;
  stdout.on('drain', () => {
    most = Math.max(most, stdout.writableLength);
  });
  modem.demuxStream(source, stdout, stderr, { end: true });
  await once(stdout, 'close');
  assert.equal(stdout.text().length, 50 * 1000 * 100);
});

test('demuxStream: a hundred thousand one-byte frames in one chunk', async () => {
  const source = new PassThrough();
  let count = 0;
  const stdout = { write: () => ++count > 0 };
  modem.demuxStream(source, stdout, stdout);
  source.end(Buffer.concat(Array(100_000).fill(frame(1, 'x'))));
  await once(source, 'end');
  assert.equal(count, 100_000);
});

test('demuxStream: the engine’s own error frame', async (t) => {
  const { docker } = await play(t, 'daemon_error_frame');
  const stream = await docker.getContainer('c').logs(FOLLOW);
  const [stdout, stderr] = [sink(), sink()];
  docker.modem.demuxStream(stream, stdout, stderr);
  const [error] = await once(stream, 'error');
  assert.equal(error.kind, 'daemon_stream');
  assert.match(error.message, /Error grabbing logs/);
  assert.equal(stdout.text(), 'first line\n');
});

function follow(client, stream) {
  const events = [];
  return new Promise((resolve) => {
    client.followProgress(
      stream,
      (error, output) => resolve({ error, output, events }),
      (event) => events.push(event),
    );
  });
}

for (const [name, client] of [
  ['modem', modem],
  ['docker', new Docker({ socketPath: '/nowhere' })],
]) {
  test(`${name}.followProgress: split at every byte`, async () => {
    const wire = Buffer.from('{"status":"größe ✓"}\r\n\n{"status":"b"}\n{"last":true}');
    for (let at = 0; at <= wire.length; at++) {
      const source = new PassThrough();
      const done = follow(client, source);
      source.write(wire.subarray(0, at));
      source.end(wire.subarray(at));
      const { error, output, events } = await done;
      assert.equal(error, null);
      assert.deepEqual(output, [{ status: 'größe ✓' }, { status: 'b' }, { last: true }]);
      assert.deepEqual(events, output);
    }
  });

  test(`${name}.followProgress: an error in the stream`, async () => {
    const { error, output } = await follow(
      client,
      Readable.from([Buffer.from('{"a":1}\n{"error":"denied","errorDetail":{"message":"denied: x"}}\n')]),
    );
    assert.equal(error.message, 'denied: x');
    assert.equal(output.length, 2);
  });
}

for (const scenario of [
  'pull_cut',
  'pull_reset',
  'pull_truncated_value',
  'pull_error_in_stream',
  'pull_error_detail_only',
]) {
  test(`${scenario}: onFinished gets an error`, async (t) => {
    const { docker } = await play(t, scenario);
    const stream = await docker.pull('busybox');
    const { error } = await follow(docker.modem, stream);
    assert.ok(error instanceof Error);
  });
}

test('what is not JSON is an error to the modem, and left out by the client', async () => {
  const source = () => Readable.from([Buffer.from('{"a":1}\nnonsense\n{"b":2}\n')]);
  assert.ok((await follow(modem, source())).error instanceof SyntaxError);
  assert.deepEqual((await follow(new Docker({ socketPath: '/x' }), source())).output, [{ a: 1 }, { b: 2 }]);
});

test('BuildKit traces read as the original reads them', async () => {
  const original = require('dockerode/lib/buildkit');
  const text = (number, value) => Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value)]);
  const number = (field, value) => Buffer.from([field << 3, value]);
  const vertex = (...fields) => text(1, Buffer.concat([text(1, 'sha256:0123456789abcdef'), ...fields]));
  const trace = Buffer.concat([
    vertex(text(3, 'RUN true'), text(5, number(1, 1))),
    vertex(text(3, 'COPY'), number(4, 1), text(5, number(1, 1)), text(6, number(1, 2))),
    vertex(text(3, 'bad'), text(7, 'it failed')),
    text(2, Buffer.concat([text(3, 'layer'), number(4, 30), number(5, 90)])),
    text(3, Buffer.concat([text(1, 'x'), text(4, 'hello\n')])),
    text(4, Buffer.concat([text(1, 'x'), text(3, 'careful')])),
  ]);
  const lines = [
    { id: 'moby.buildkit.trace', aux: trace.toString('base64') },
    { id: 'moby.buildkit.trace', aux: '' },
    { id: 'moby.image.id', aux: { ID: 'sha256:f' } },
    { stream: 'old style\n' },
  ];
  const source = () => Readable.from([Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))]);
  const ours = await follow(new Docker({ socketPath: '/x' }), source());
  const theirs = await follow(original, source());
  // The original prints the output of commands, and warnings, in base64.
  const readable = { 'aGVsbG8K\n': 'hello\n', 'WARNING: Y2FyZWZ1bA==\n': 'WARNING: careful\n' };
  assert.deepEqual(
    ours.output,
    theirs.output.map(({ stream }) => ({ stream: readable[stream] ?? stream })),
  );
});

test('every kind of error has a code of its own', () => {
  const kinds = errorKinds();
  assert.ok(kinds.length > 20);
  for (const kind of kinds) {
    const error = fromNative({ kind, message: 'said' });
    assert.equal(error.kind, kind);
    assert.ok(error.code, kind);
    assert.equal(
      codeOf({ kind, osCode: 111 }),
      kind === 'timeout' || kind === 'cancelled' ? error.code : 'ECONNREFUSED',
    );
  }
});

test('run: callback and promise', async (t) => {
  const scenario = {
    routes: [
      { path: '/containers/create', reply: { status: 201, body: { json: { Id: 'c1' } } } },
      {
        path: '/containers/*/attach',
        reply: {
          framing: 'eof',
          body: {
            frames: [
              [1, 'out\n'],
              [2, 'err\n'],
            ],
          },
        },
      },
      { path: '/containers/*/start', reply: { status: 204 } },
      { path: '/containers/*/wait', reply: { body: { json: { StatusCode: 3 } } } },
    ],
  };
  const { docker } = await play(t, scenario);
  const outputs = [sink(), sink()];
  const [result, container] = await docker.run('x', ['y'], outputs, { Tty: false });
  assert.equal(result.StatusCode, 3);
  assert.equal(container.id, 'c1');
  await Promise.all(outputs.map((output) => output.closed || once(output, 'close')));
  assert.deepEqual(
    outputs.map((output) => output.text()),
    ['out\n', 'err\n'],
  );

  const output = sink();
  const names = [];
  const finished = new Promise((resolve) => {
    const hub = docker.run('x', ['y'], output, (error, data, created) => resolve({ error, data, created }));
    assert.ok(hub instanceof EventEmitter);
    for (const name of ['container', 'stream', 'start', 'data']) hub.on(name, () => names.push(name));
  });
  const { error, data } = await finished;
  assert.equal(error, null);
  assert.equal(data.StatusCode, 3);
  assert.deepEqual(names, ['container', 'stream', 'start', 'data']);
});
