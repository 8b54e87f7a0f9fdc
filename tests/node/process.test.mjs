// What a client does to its process: nothing while idle, everything until it is answered, in workers as in the main thread.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FakeEngine } from './fake.mjs';

const entry = fileURLToPath(new URL('../../node/dist/index.js', import.meta.url));
const run = promisify(execFile);
const STALLED = {
  routes: [
    { path: '/_ping', reply: { body: 'OK' } },
    {
      path: '/containers/*/logs',
      reply: { framing: 'chunked', body: ['x', 'y'], faults: { cut: { after: 6, how: 'stall' } } },
    },
    {
      path: '/containers/*/wait',
      reply: { body: { json: { StatusCode: 0 } }, faults: { gate: { name: 'go', after: 0, in: 'head' } } },
    },
  ],
};

/** Runs a program that has `docker`; gives what it printed. It must end by itself. */
async function program(t, engine, body) {
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-'));
  const file = path.join(folder, 'program.cjs');
  const head = `const Docker = require(${JSON.stringify(entry)}); const docker = new Docker(${JSON.stringify(engine.options)});`;
  writeFileSync(file, `${head}\n(async () => {${body}})();\n`);
  const { stdout } = await run(process.execPath, ['--unhandled-rejections=strict', file], { signal: t.signal });
  return stdout.trim();
}

async function start(t) {
  const engine = await FakeEngine.start(STALLED);
  t.after(() => engine.stop());
  return engine;
}

test('an idle client lets the process end', async (t) => {
  const engine = await start(t);
  assert.equal(await program(t, engine, `console.log(String(await docker.ping()));`), 'OK');
});

test('a pending call keeps the process', async (t) => {
  const engine = await start(t);
  const output = program(t, engine, `console.log((await docker.getContainer('c').wait()).StatusCode);`);
  while ((await engine.requests()).length === 0);
  await engine.openGate('go');
  assert.equal(await output, '0');
});

test('a stream whose socket is unreferenced does not', async (t) => {
  const engine = await start(t);
  const body = `const stream = await docker.getContainer('c').logs({ follow: true, stdout: true });
    stream.once('data', (part) => { console.log(String(part)); stream.socket.unref(); });`;
  assert.equal(await program(t, engine, body), 'x');
});

test('process.exit in mid-stream is clean', async (t) => {
  const engine = await start(t);
  const body = `const stream = await docker.getContainer('c').logs({ follow: true, stdout: true });
    stream.once('data', (part) => { console.log(String(part)); process.exit(0); });`;
  assert.equal(await program(t, engine, body), 'x');
});

test('workers: several at once, and one that is terminated in mid-stream', async (t) => {
  const engine = await start(t);
  const worker = `
    const { parentPort } = require('node:worker_threads');
    const Docker = require(${JSON.stringify(entry)});
    const docker = new Docker(${JSON.stringify(engine.options)});
    docker.ping().then(async (answer) => {
      const stream = await docker.getContainer('c').logs({ follow: true, stdout: true });
      stream.once('data', (part) => parentPort.postMessage(String(answer) + part));
    });`;
  const body = `const { Worker } = require('node:worker_threads');
    const source = ${JSON.stringify(worker)};
    const all = Array.from({ length: 4 }, () => new Worker(source, { eval: true }));
    const said = await Promise.all(all.map((one) => new Promise((done) => one.once('message', done))));
    await Promise.all(all.map((one) => one.terminate()));
    // What a worker had open is closed with it, not with the process.
    const control = { path: '/__fake/connections', method: 'GET', statusCodes: { 200: true } };
    const open = () => new Promise((done) => docker.modem.dial(control, (_, found) => done(found.open)));
    while ((await open()) > 1);
    console.log(said.join(), String(await docker.ping()));`;
  assert.equal(await program(t, engine, body), 'OKx,OKx,OKx,OKx OK');
});

test('a worker alone', async (t) => {
  const engine = await start(t);
  const worker = `const Docker = require(${JSON.stringify(entry)});
    new Docker(${JSON.stringify(engine.options)}).ping().then((answer) => console.log(String(answer)));`;
  const body = `const { Worker } = require('node:worker_threads');
    new Worker(${JSON.stringify(worker)}, { eval: true });`;
  assert.equal(await program(t, engine, body), 'OK');
});

test('what arrives wakes the JavaScript thread and no other', async (t) => {
  const engine = await start(t);
  const body = `const fs = require('node:fs');
    const read = (task, file) => fs.readFileSync('/proc/self/task/' + task + '/' + file, 'utf8');
    const own = () => fs.readdirSync('/proc/self/task').filter((task) => read(task, 'comm') === 'dockline\\n');
    const wakes = () => own().map((task) => Number(/^voluntary_ctxt_switches:\\s+(\\d+)/m.exec(read(task, 'status'))[1]));
    await docker.ping();
    const before = wakes();
    for (let call = 0; call < 300; call++) await docker.ping();
    const after = wakes();
    console.log(before.length, after.length, after[0] - before[0] < 30);`;
  assert.equal(await program(t, engine, body), '1 1 true');
});

test('the event loop looks for an answer for a moment, and then sleeps', async (t) => {
  const engine = await start(t);
  const body = `const { performance } = require('node:perf_hooks');
    await docker.ping();
    const before = performance.eventLoopUtilization();
    await docker.getContainer('c').wait();
    console.log(performance.eventLoopUtilization(before).utilization < 0.9);`;
  const output = program(t, engine, body);
  while (!(await engine.requests()).some(({ path }) => path.endsWith('/wait')));
  // A loop that never sleeps would be busy all the while.
  const end = process.cpuUsage().user + 200_000;
  while (process.cpuUsage().user < end);
  await engine.openGate('go');
  assert.equal(await output, 'true');
});

test('the loader names the file that is missing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dockline-'));
  const { copyFileSync } = await import('node:fs');
  copyFileSync(new URL('../../node/native.cjs', import.meta.url), path.join(folder, 'native.cjs'));
  const { createRequire } = await import('node:module');
  const loader = createRequire(path.join(folder, 'x.cjs'))('./native.cjs');
  assert.throws(
    () => loader.native,
    (error) => {
      assert.equal(error.code, 'ERR_DOCKLINE_NATIVE');
      assert.ok(error.message.includes(path.join(folder, `dockline.${loader.dockline.platformName()}.node`)));
      assert.match(error.message, /npm run build:native/);
      return true;
    },
  );
});
