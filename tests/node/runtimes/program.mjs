// What a JavaScript runtime has to manage: every use of a real engine that the transports are tried with, worker threads, and an end
// of its own accord. Run by any runtime; the argument is the client's options.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { smoke } from '../smoke.mjs';

const require = createRequire(import.meta.url);
const entry = require.resolve('../../../node/dist/index.js');
const Docker = require(entry);
const options = JSON.parse(process.argv[2]);

async function context(work) {
  const afterwards = [];
  try {
    await work({ after: (undo) => afterwards.push(undo) });
  } finally {
    for (const undo of afterwards.reverse()) await undo();
  }
}

for (const [name, work] of smoke) {
  await context((t) => work(new Docker(options), t));
  console.log(`ok ${name}`);
}

const source = `const { parentPort } = require('node:worker_threads');
  const Docker = require(${JSON.stringify(entry)});
  new Docker(${JSON.stringify(options)}).ping().then((answer) => parentPort.postMessage(String(answer)));`;
const workers = [1, 2].map(() => new Worker(source, { eval: true }));
const said = await Promise.all(workers.map((one) => new Promise((done) => one.once('message', done))));
assert.deepEqual(said, ['OK', 'OK']);
console.log('ok worker threads');

const error = await new Docker({ socketPath: '/nowhere.sock' }).ping().catch((failure) => failure);
assert.deepEqual([error.code, error.syscall, error.kind], ['ENOENT', 'connect', 'daemon_not_found']);
const stopped = new AbortController();
const stream = await new Docker(options).getEvents({ abortSignal: stopped.signal });
const ended = new Promise((done) => stream.once('error', done));
stopped.abort();
assert.equal((await ended).name, 'AbortError');
console.log('ok errors');
console.log('ok end');
