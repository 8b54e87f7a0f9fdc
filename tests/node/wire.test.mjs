// The same call made with dockerode and with dockline: the same request on the wire, the same result, and the caller's
// options untouched. Every method, as promise and as callback.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { CALLS } from './calls.mjs';
import { Recorder } from './recorder.mjs';

const require = createRequire(import.meta.url);
const Original = require('dockerode');
const Docker = require('../../node/dist/index.js');

/** Both roads of ours: the core, and Node's own http. */
const TRANSPORTS = ['core', 'node'];

let recorder;
before(async () => {
  recorder = await Recorder.start();
});
after(() => recorder.stop());

/** A stream's bytes, whatever way it ends. */
async function drain(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

/** What a call resolved to, without what belongs to the client that made it. */
async function resultOf(value) {
  if (value && typeof value.pipe === 'function') return { stream: await drain(value), status: value.statusCode };
  if (Buffer.isBuffer(value)) return { buffer: value.toString('latin1') };
  if (value?.modem) return { class: value.constructor.name || undefined, id: value.id, name: value.name };
  return value;
}

function open(Client, transport) {
  return new Client({ socketPath: recorder.socketPath, ...(transport === 'node' && { transport }) });
}

function invoke(client, call, args, form) {
  const target = call.get(client);
  if (form === 'promise') return target[call.method](...args);
  return new Promise((resolve, reject) => {
    let synchronous = true;
    target[call.method](...args, (error, result) => {
      if (synchronous) reject(new Error('the callback was called synchronously'));
      else if (error) reject(error);
      else resolve(result);
    });
    synchronous = false;
  });
}

async function observe(client, call, form) {
  const args = call.args();
  const settled = await invoke(client, call, args, form).then(resultOf, (error) => ({ error: error.message }));
  return { requests: recorder.take(), settled, args };
}

/** The classes of the original have no name of their own. */
const plain = (settled) => (settled?.class === undefined ? settled : { ...settled, class: undefined });
const comparable = (args) => JSON.stringify(args.map((arg) => (typeof arg?.pipe === 'function' ? 'stream' : arg)));

for (const [index, call] of CALLS.entries()) {
  for (const form of call.promiseOnly ? ['promise'] : ['promise', 'callback']) {
    for (const transport of TRANSPORTS)
      test(`${index} ${call.method} (${form}, ${transport})`, async () => {
        recorder.answer = () => ({
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: '{}',
          ...call.answer,
        });
        const original = await observe(open(Original), call, form);
        const ours = await observe(open(Docker, transport), call, form);
        for (const request of original.requests) {
          Object.assign(request.headers, call.adds);
          delete request.headers[call.drops];
        }
        assert.deepEqual(ours.requests, original.requests);
        assert.deepEqual(plain(ours.settled), plain(original.settled));
        assert.equal(comparable(ours.args), comparable(call.args()), 'the caller’s arguments are not changed');
      });
  }
}

test('the table covers every method', () => {
  const covered = new Set(CALLS.map((call) => call.method));
  const steps = new Set(['run', 'runCallback', 'runPromise', 'followProgress', 'copy']);
  const classes = [Docker, ...Object.values(Docker), require('../../node/dist/config.js')];
  for (const one of classes) {
    for (const method of Object.keys(one.prototype)) {
      if (/^get[A-Z]/.test(method) && !covered.has(method)) continue;
      assert.ok(covered.has(method) || steps.has(method), method);
    }
  }
});

const FAULTS = [
  { status: 304, body: '' },
  { status: 400, body: '{"message":"bad"}' },
  { status: 404, body: '{"message":"No such container: abc"}' },
  { status: 404, body: 'plain text' },
  { status: 409, body: '{"error":"old style"}' },
  { status: 418, body: '' },
  { status: 500, body: '{"message":""}' },
  { status: 302, body: '' },
];

for (const fault of FAULTS) {
  for (const [name, run] of [
    ['inspect', (client) => client.getContainer('abc').inspect()],
    ['stop', (client) => client.getContainer('abc').stop()],
    ['logs', (client) => client.getContainer('abc').logs({ follow: true, stdout: true })],
    ['createContainer', (client) => client.createContainer({ Image: 'x' })],
  ]) {
    for (const transport of TRANSPORTS)
      test(`${fault.status} ${JSON.stringify(fault.body)} on ${name} (${transport})`, async () => {
        recorder.answer = () => fault;
        const observed = [];
        for (const client of [open(Original), open(Docker, transport)]) {
          const error = await run(client).then(
            () => undefined,
            (failure) => failure,
          );
          observed.push(
            error && { message: error.message, statusCode: error.statusCode, reason: error.reason, json: error.json },
          );
        }
        recorder.take();
        assert.deepEqual(observed[1], observed[0]);
      });
  }
}
