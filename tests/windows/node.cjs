// What Node programs do, in a real node.exe: the built JavaScript and the addon against an engine on a named pipe.
// `crates/core/tests/it/windows.rs` starts the engine, names it in DOCKER_HOST, and runs this file beside the package.

'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');

const Docker = require(path.join(__dirname, '..', '..', 'target', 'windows', 'package'));

const DOWN = 8 << 20;
const PIPE = process.env.DOCKER_HOST.slice('npipe://'.length);

/** The bytes the engine sends and expects. */
const pattern = Buffer.alloc(DOWN);
for (let at = 0; at < DOWN; at += 1) pattern[at] = at % 251;

async function readAll(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

const steps = {
  async 'the environment names the pipe'(docker) {
    assert.equal(process.platform, 'win32');
    assert.equal(docker.modem.socketPath, PIPE);
    assert.match(docker.endpoint, /npipe:\/\/\/\/\.\/pipe\/dockline-/);
    const { DOCKER_HOST } = process.env;
    delete process.env.DOCKER_HOST;
    const plain = new Docker();
    process.env.DOCKER_HOST = DOCKER_HOST;
    assert.equal(plain.modem.socketPath, '//./pipe/docker_engine');
    assert.match(plain.endpoint, /npipe:\/\/\/\/\.\/pipe\/docker_engine/);
    await assert.rejects(plain.ping(), (error) => {
      assert.match(error.message, /the pipe does not exist/);
      return error.code === 'ENOENT';
    });
  },

  async calls(docker) {
    assert.equal(String(await docker.ping()), 'OK');
    assert.equal((await docker.info()).Name, 'pipe');
    await assert.rejects(docker.getContainer('none').inspect(), { statusCode: 404 });
    const answer = await new Promise((resolve, reject) => {
      docker.info((error, info) => (error ? reject(error) : resolve(info)));
    });
    assert.equal(answer.Name, 'pipe');
  },

  async 'pipes by both spellings of their name'() {
    for (const socketPath of [PIPE, PIPE.replaceAll('/', '\\')]) {
      const docker = new Docker({ socketPath });
      assert.equal((await docker.info()).Name, 'pipe');
      docker.close();
    }
  },

  async '8 MiB down and up'(docker) {
    const container = docker.getContainer('c');
    const down = await readAll(await container.getArchive({ path: '/' }));
    assert.ok(down.equals(pattern));
    for (const body of [pattern, require('node:stream').Readable.from([pattern.subarray(0, 7), pattern.subarray(7)])]) {
      const answer = await container.putArchive(body, { path: '/' });
      assert.equal(answer.received, DOWN);
    }
  },

  async 'attach with half close'(docker) {
    const options = { stream: true, stdin: true, stdout: true, hijack: true };
    const duplex = await docker.getContainer('c').attach(options);
    duplex.end('ping ');
    assert.equal(String(await readAll(duplex)), 'hello ping bye');
  },

  async 'a stream that is left'(docker) {
    const logs = await docker.getContainer('c').logs({ follow: true, stdout: true });
    const [first] = await require('node:events').once(logs, 'data');
    assert.equal(String(first.subarray(8)), 'one\n');
    logs.destroy();
    await require('node:events').once(logs, 'close');
  },

  async 'cancelled calls'(docker) {
    const abort = new AbortController();
    const call = docker.getContainer('wedge').inspect({ abortSignal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(call, { name: 'AbortError' });
  },

  async 'an engine that vanishes'(docker) {
    for (const name of ['vanish', 'disconnect']) {
      await assert.rejects(docker.getContainer(name).inspect(), { code: 'ECONNRESET' });
    }
    await assert.rejects(docker.getContainer('cut').inspect());
  },
};

async function main() {
  const docker = new Docker();
  for (const [name, step] of Object.entries(steps)) {
    await step(docker);
    console.log(`ok ${name}`);
  }
  docker.close();
  console.log(`node ${process.version} on ${process.platform}: ${Object.keys(steps).length} passed`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
