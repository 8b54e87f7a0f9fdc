// Files as request bodies: the core reads them where it can, and nobody can tell from the stream, the bytes or the errors.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const WINDOWS = process.platform === 'win32';
const MEBIBYTE = 1 << 20;

/** So many bytes that no two pieces of the same size are alike. */
function pattern(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** A promise, and what settles it. */
function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** A folder that goes away with the test. */
function folder(t) {
  const path = fs.mkdtempSync(join(tmpdir(), 'uploads-'));
  t.after(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The path of a file with these contents. */
function written(t, contents) {
  const path = join(folder(t), 'file');
  fs.writeFileSync(path, contents);
  return path;
}

/** An engine that gives each request to `serve`, by default one that keeps all bodies. */
async function engine(t, serve) {
  const bodies = [];
  const keep = (request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece)).on('error', () => undefined);
    request.on('end', () => {
      bodies.push(Buffer.concat(pieces));
      response.end();
    });
  };
  const server = createServer(serve ?? keep).listen(0, '127.0.0.1');
  // A connection that is kept is never closed just when a client uses it again.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const docker = new Docker({ protocol: 'http', host: '127.0.0.1', port: server.address().port });
  t.after(() => docker.close());
  const put = (file, options) => docker.getContainer('c').putArchive(file, { path: '/', ...options });
  return { docker, put, bodies };
}

/** The events of a stream, in order. */
function events(stream) {
  const seen = [];
  for (const event of ['open', 'error', 'end', 'close']) stream.on(event, () => seen.push(event));
  return seen;
}

/** Settles when a stream has closed, with its error. */
const closing = (stream) => new Promise((resolve) => stream.on('close', () => resolve(stream.errored)));

/** Whether Node read it: the core does not use its functions. */
function readByNode(t) {
  const read = t.mock.method(fs, 'read');
  return () => read.mock.callCount() > 0;
}

/** Waits until nothing in this process has the file open. */
async function letGo(path) {
  if (process.platform !== 'linux') return;
  const target = (name) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return undefined;
    }
  };
  while (fs.readdirSync('/proc/self/fd').some((name) => target(name) === path)) await new Promise(setImmediate);
}

test('files of every size arrive as they are, and their streams end as ever', async (t) => {
  const { put, bodies } = await engine(t);
  for (const size of [0, 1, 65536, 65537, MEBIBYTE + 1, 3 * MEBIBYTE]) {
    const contents = pattern(size);
    const path = written(t, contents);
    const stream = fs.createReadStream(path);
    const seen = events(stream);
    const node = readByNode(t);
    await put(stream);
    assert.ok(bodies.pop().equals(contents), `${size} bytes`);
    assert.deepEqual(seen, ['open', 'end', 'close']);
    assert.deepEqual([stream.bytesRead, stream.destroyed, stream.readableEnded, stream.fd], [size, true, true, null]);
    assert.equal(node(), WINDOWS || size <= 65536);
    t.mock.restoreAll();
    await letGo(path);
    await put(path);
    assert.ok(bodies.pop().equals(contents), `${size} bytes, by path`);
  }
});

test('a part of a file, an open file and a descriptor', async (t) => {
  const { put, bodies } = await engine(t);
  const contents = pattern(MEBIBYTE);
  const path = written(t, contents);
  const node = readByNode(t);
  await put(fs.createReadStream(path, { start: 5, end: MEBIBYTE - 7 }));
  assert.ok(bodies.pop().equals(contents.subarray(5, MEBIBYTE - 6)));
  await put(fs.createReadStream(path, { start: 5, end: 2 * MEBIBYTE }));
  assert.ok(bodies.pop().equals(contents.subarray(5)));
  const open = fs.createReadStream(path);
  await once(open, 'open');
  await put(open);
  assert.ok(bodies.pop().equals(contents));
  const descriptor = fs.openSync(path);
  fs.readSync(descriptor, Buffer.alloc(10));
  await put(fs.createReadStream('', { fd: descriptor }));
  assert.ok(bodies.pop().equals(contents.subarray(10)));
  assert.equal(node(), WINDOWS);
  await put(fs.createReadStream(path, { start: MEBIBYTE }));
  assert.equal(bodies.pop().length, 0);
  await letGo(path);
});

test('streams that somebody reads, or that read otherwise, are left to themselves', async (t) => {
  const { put, bodies } = await engine(t);
  const contents = pattern(MEBIBYTE);
  const path = written(t, contents);
  const ways = {
    listener(stream) {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      return () => assert.ok(Buffer.concat(pieces).equals(contents));
    },
    method(stream) {
      const read = t.mock.method(stream, '_read');
      return () => assert.ok(read.mock.callCount() > 0);
    },
    kept(stream) {
      return () => fs.closeSync(stream.fd);
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const stream = fs.createReadStream(path, { autoClose: name !== 'kept' });
    const check = way(stream);
    const node = readByNode(t);
    await put(stream);
    assert.ok(node(), name);
    assert.ok(bodies.pop().equals(contents), name);
    check();
    t.mock.restoreAll();
  }
  const own = { ...fs, read: t.mock.fn(fs.read) };
  await put(fs.createReadStream(path, { fs: own }));
  assert.ok(bodies.pop().equals(contents));
  assert.ok(own.read.mock.callCount() > 0);
});

test('who begins to read during the upload gets all of it, too', { skip: WINDOWS }, async (t) => {
  const arrived = deferred();
  const going = deferred();
  const pieces = [];
  const { put } = await engine(t, async (request, response) => {
    arrived.resolve();
    await going.promise;
    for await (const piece of request) pieces.push(piece);
    response.end();
  });
  const contents = pattern(16 * MEBIBYTE);
  const stream = fs.createReadStream(written(t, contents));
  const call = put(stream);
  await arrived.promise;
  const read = [];
  stream.on('data', (piece) => read.push(piece));
  going.resolve();
  await call;
  if (!stream.readableEnded) await once(stream, 'end');
  assert.ok(Buffer.concat(pieces).equals(contents));
  assert.ok(Buffer.concat(read).equals(contents));
});

test('what cannot be opened or read is the error of Node', { skip: WINDOWS }, async (t) => {
  const { put } = await engine(t);
  const missing = join(folder(t), 'missing');
  const stream = fs.createReadStream(missing);
  const seen = events(stream);
  await assert.rejects(put(stream), { code: 'ENOENT', errno: -2, syscall: 'open', path: missing });
  assert.deepEqual(seen, ['error', 'close']);
  await assert.rejects(put(missing), { code: 'ENOENT', errno: -2, syscall: 'open', path: missing });
  const path = written(t, pattern(MEBIBYTE));
  const unreadable = fs.createReadStream('', { fd: fs.openSync(path, 'a'), start: 0 });
  const heard = events(unreadable);
  const message = 'EBADF: bad file descriptor, read';
  await assert.rejects(put(unreadable), { code: 'EBADF', errno: -9, syscall: 'read', message });
  assert.deepEqual(heard, ['error', 'close']);
  await assert.rejects(put(fs.createReadStream(tmpdir())), { code: 'EISDIR' });
  await letGo(path);
});

/** An engine that has got a request and the first of its body, and reads on when it is told to. */
async function slow(t) {
  const arrived = deferred();
  const going = deferred();
  const ended = deferred();
  const { put } = await engine(t, async (request, response) => {
    request.on('error', () => undefined).on('close', () => ended.resolve(request.complete));
    // Only then has the file been opened, and its size been taken.
    request.once('readable', arrived.resolve);
    await going.promise;
    request.on('end', () => response.end()).resume();
  });
  return { put, arrived: arrived.promise, read: going.resolve, ended: ended.promise };
}

test('a file that becomes shorter fails the request', { skip: WINDOWS }, async (t) => {
  const { put, arrived, read, ended } = await slow(t);
  const path = written(t, pattern(64 * MEBIBYTE));
  const stream = fs.createReadStream(path);
  const seen = events(stream);
  const failed = assert.rejects(put(stream), { kind: 'body_source', message: /has become \d+ bytes shorter/ });
  await arrived;
  fs.truncateSync(path, MEBIBYTE);
  read();
  await failed;
  assert.equal(await ended, false);
  assert.deepEqual(seen, ['open', 'error', 'close']);
  await letGo(path);
});

test('a stream that its owner destroys fails the request', async (t) => {
  for (const [given, expected] of [
    [new Error('mine'), /^Error: mine$/],
    [undefined, { code: 'ERR_STREAM_PREMATURE_CLOSE' }],
  ]) {
    const { put, arrived, read, ended } = await slow(t);
    const path = written(t, '');
    fs.truncateSync(path, 1024 * MEBIBYTE);
    const stream = fs.createReadStream(path);
    const failed = assert.rejects(put(stream), expected);
    await arrived;
    stream.destroy(given);
    // What was sent already has to be taken before the connection is given up.
    read();
    await failed;
    assert.equal(await ended, false);
    await letGo(path);
  }
});

test('an aborted upload closes its connection and the file', async (t) => {
  const { put, arrived, read, ended } = await slow(t);
  const path = written(t, pattern(64 * MEBIBYTE));
  const stream = fs.createReadStream(path);
  const closed = closing(stream);
  const controller = new AbortController();
  const failed = assert.rejects(put(stream, { abortSignal: controller.signal }), { name: 'AbortError' });
  await arrived;
  controller.abort();
  await failed;
  assert.equal((await closed).name, 'AbortError');
  read();
  assert.equal(await ended, false);
  await letGo(path);
});

test('an upload that never begins lets go of its file', async (t) => {
  const { docker, put } = await engine(t);
  const path = written(t, pattern(MEBIBYTE));
  const abortSignal = AbortSignal.abort();
  for (const send of [
    (stream) => put(stream, { abortSignal }),
    (stream) => docker.loadImage(stream, { abortSignal }),
    (stream) => docker.loadImage(stream.resume(), { abortSignal }),
  ]) {
    const stream = fs.createReadStream(path);
    const closed = closing(stream);
    await assert.rejects(send(stream), { name: 'AbortError' });
    assert.equal((await closed).name, 'AbortError');
    await letGo(path);
  }
});

test('an engine that refuses a file early is heard', async (t) => {
  const fake = await FakeEngine.start('upload_refused_early');
  t.after(() => fake.stop());
  const docker = new Docker(fake.options);
  const path = written(t, '');
  fs.truncateSync(path, 64 * MEBIBYTE);
  for (const send of [
    (stream) => docker.getContainer('c').putArchive(stream, { path: '/' }),
    (stream) => docker.loadImage(stream),
    (stream) => docker.buildImage(stream),
  ]) {
    const stream = fs.createReadStream(path);
    const closed = closing(stream);
    await assert.rejects(send(stream), (error) => error.statusCode >= 400);
    assert.equal((await closed).name, 'AbortError');
    await letGo(path);
  }
});

test('progress can be seen', async (t) => {
  const { put, arrived, read } = await slow(t);
  const stream = fs.createReadStream(written(t, pattern(64 * MEBIBYTE)));
  const call = put(stream);
  await arrived;
  while (stream.bytesRead === 0) await new Promise(setImmediate);
  assert.ok(stream.bytesRead < 64 * MEBIBYTE);
  read();
  await call;
  assert.equal(stream.bytesRead, 64 * MEBIBYTE);
});
