// An answer that stops early, at any byte, is an error: of the promise, or of the stream. None hangs, none ends quietly.
// Every kind of stream, cut at every offset of head and body, by a closed connection and by a reset one.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import net from 'node:net';
import { test } from 'node:test';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

const FRAMES = {
  frames: [
    [1, 'out\n'],
    [2, 'err\n'],
  ],
};
const VALUES = { json_lines: [{ status: 'a' }, { id: 'ü' }] };
const TAR = ['abc', 'defg'];
const JSON_TYPE = { 'Content-Type': 'application/json' };
const OUTPUT = { stream: true, stdout: true, stderr: true };

/** Reads a stream to its end; rejects with what it reports. */
async function drain(stream) {
  for await (const _ of stream);
}

/** Splits a stream with `demuxStream`, and follows one with `followProgress`: both must tell, too. */
function split(docker, stream) {
  return new Promise((resolve, reject) => {
    const nowhere = { write: () => true, end: resolve };
    stream.on('error', reject);
    docker.modem.demuxStream(stream, nowhere, nowhere, { end: true });
  });
}
function follow(client, stream) {
  return new Promise((resolve, reject) => {
    client.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}

/** `(docker, id)` starts a request that carries the id; what comes back is settled when it has ended. */
const chunked = {
  logs: [FRAMES, async (docker, id) => drain(await docker.getContainer(id).logs({ ...OUTPUT, follow: true }))],
  'logs, demultiplexed': [
    FRAMES,
    async (docker, id) => split(docker, await docker.getContainer(id).logs({ ...OUTPUT, follow: true })),
  ],
  'logs in one piece': [FRAMES, (docker, id) => docker.getContainer(id).logs({ stdout: true })],
  stats: [VALUES, async (docker, id) => drain(await docker.getContainer(id).stats())],
  attach: [FRAMES, async (docker, id) => drain(await docker.getContainer(id).attach(OUTPUT))],
  exec: [FRAMES, async (docker, id) => drain(await docker.getExec(id).start({}))],
  getArchive: [TAR, async (docker, id) => drain(await docker.getContainer(id).getArchive({ path: '/' }))],
  export: [TAR, async (docker, id) => drain(await docker.getContainer(id).export())],
  'image.get': [TAR, async (docker, id) => drain(await docker.getImage(id).get())],
  getImages: [TAR, async (docker, id) => drain(await docker.getImages({ names: id }))],
  events: [VALUES, async (docker, id) => drain(await docker.getEvents({ since: id }))],
  pull: [VALUES, async (docker, id) => follow(docker.modem, await docker.pull(`${id}:1`))],
  push: [VALUES, async (docker, id) => follow(docker.modem, await docker.getImage(id).push({}))],
  build: [VALUES, async (docker, id) => follow(docker, await docker.buildImage(Buffer.alloc(0), { t: id }))],
  load: [VALUES, async (docker, id) => follow(docker.modem, await docker.loadImage(Buffer.alloc(0), { q: id }))],
  import: [VALUES, async (docker, id) => follow(docker.modem, await docker.importImage(Buffer.alloc(0), { q: id }))],
};
const sized = {
  inspect: [{ json: { Id: 'abc', Name: 'ü' } }, (docker, id) => docker.getContainer(id).inspect()],
  list: [{ json: [{ Id: 'abc' }] }, (docker, id) => docker.listContainers({ filters: { name: [id] } })],
  'getArchive with a length': [
    'abcdefg',
    async (docker, id) => drain(await docker.getContainer(id).getArchive({ path: '/' })),
  ],
};

const upgraded = {
  'attach, hijacked': (docker, id) => docker.getContainer(id).attach({ ...OUTPUT, stdin: true, hijack: true }),
  'exec, hijacked': (docker, id) => docker.getExec(id).start({ hijack: true, stdin: true }),
  'exec with stdin': (docker, id) => docker.getExec(id).start({ stdin: true }),
};

/** The answer's bytes as they go over the wire. */
function wire({ socketPath }) {
  return new Promise((resolve, reject) => {
    const parts = [];
    const socket = net.connect(socketPath);
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts)));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  });
}

const route = (reply, faults) => ({ path: '*', times: 1, reply: { ...reply, ...(faults && { faults }) } });

/** The first call is answered whole; then each is cut one byte later than the one before. */
async function cutEverywhere(t, reply, call, how, last = (bytes) => bytes.length) {
  const engine = await FakeEngine.start({ routes: [route(reply), route(reply)], record: false });
  t.after(() => engine.stop());
  const bytes = await wire(engine.options);
  await call(new Docker(engine.options), 'whole');
  // A client without a kept connection: on one of those a close without a byte is no failure, and the request is sent again.
  const docker = new Docker(engine.options);
  const end = last(bytes);
  const cuts = Array.from({ length: end }, (_, after) => route(reply, { cut: { after, in: 'head', how } }));
  await engine.scenario({ routes: cuts, record: false });
  for (let after = 0; after < end; after++) {
    const outcome = await call(docker, `cut${after}`).then(
      () => 'ended quietly',
      (error) => error.code,
    );
    assert.equal(
      outcome,
      'ECONNRESET',
      `after ${after} of ${end} bytes: ${JSON.stringify(String(bytes.subarray(0, after)))}`,
    );
  }
  t.diagnostic(`${end} offsets`);
}

for (const how of ['fin', 'reset']) {
  for (const [kind, [body, call]] of Object.entries(chunked)) {
    test(`${kind}: cut by ${how} at any byte`, (t) =>
      cutEverywhere(t, { framing: 'chunked', body, headers: JSON_TYPE }, call, how));
  }
  for (const [kind, [body, call]] of Object.entries(sized)) {
    test(`${kind}: cut by ${how} at any byte`, (t) => cutEverywhere(t, { body, headers: JSON_TYPE }, call, how));
  }
  for (const [kind, open] of Object.entries(upgraded)) {
    // After the head the connection belongs to the two sides: closing it is how it ends, and only a reset is a failure.
    const last = (bytes) => (how === 'fin' ? bytes.indexOf('\r\n\r\n') + 4 : bytes.length);
    test(`${kind}: cut by ${how} at any byte`, (t) =>
      cutEverywhere(
        t,
        { status: 101, upgrade: { close_after_body: true }, body: FRAMES },
        async (docker, id) => drain(await open(docker, id)),
        how,
        last,
      ));
  }
}

test('an answer without a length: a cut inside a frame is told, between frames it is the end', async (t) => {
  const reply = { framing: 'eof', body: FRAMES };
  const engine = await FakeEngine.start({ routes: [route(reply)], record: false });
  t.after(() => engine.stop());
  const docker = new Docker(engine.options);
  const attach = async () => split(docker, await docker.getContainer('c').attach(OUTPUT));
  await attach();
  for (let after = 0; after < 24; after++) {
    await engine.scenario({ routes: [route(reply, { cut: { after, in: 'body', how: 'fin' } })], record: false });
    if (after % 12 === 0) await attach();
    else await assert.rejects(attach(), { code: 'ECONNRESET', kind: 'truncated' }, `after ${after}`);
  }
});
