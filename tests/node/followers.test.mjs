// Many followers of lines that trickle in, whose pieces cross from the library together.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { FakeEngine } from './fake.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

const FOLLOW = { follow: true, stdout: true, stderr: true };

/** What is left of a stream, read by a listener. */
async function collected(stream) {
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  await once(stream, 'close');
  return parts;
}

/** A frame of standard output. */
function frame(payload) {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** Ways to read a stream of lines; each gives what it has read. */
const READERS = {
  flowing: (stream) => collected(stream),
  'flowing, with pauses': (stream) => {
    stream.on('data', () => {
      stream.pause();
      setTimeout(() => stream.resume(), 3);
    });
    return collected(stream);
  },
  decoded: (stream) => {
    stream.once('data', () => stream.setEncoding('utf8'));
    return collected(stream);
  },
  iterated: (stream) => stream.toArray(),
  piped: async (stream) => {
    const parts = [];
    const output = new Writable({
      write(part, _encoding, done) {
        parts.push(part);
        setImmediate(done);
      },
    });
    stream.pipe(output);
    await once(output, 'finish');
    return parts;
  },
  'by turns': async (stream) => {
    const parts = [];
    for await (const part of stream.iterator({ destroyOnReturn: false })) {
      parts.push(part);
      if (parts.length === 5) break;
    }
    return [...parts, ...(await collected(stream))];
  },
};

test('followers of lines that trickle: nothing is lost, doubled or mixed up, however each is read', async (t) => {
  const lines = Array.from({ length: 40 }, (_, number) => `line ${number}\n`);
  const drip = (name) => ({
    path: `/containers/${name}/logs`,
    reply: {
      framing: 'chunked',
      body: { frames: lines.map((line) => [1, `${name} ${line}`]) },
      faults: { drip: { bytes: 21, ms: 2 } },
    },
  });
  const names = Array.from({ length: 48 }, (_, number) => `c${number}`);
  const engine = await FakeEngine.start({ routes: names.map(drip) });
  t.after(() => engine.stop());
  const docker = new Docker(engine.options);
  const ways = Object.values(READERS);
  const read = await Promise.all(
    names.map(async (name, number) => {
      const marked = number % 2 ? { ...FOLLOW, highWaterMark: 8 } : FOLLOW;
      const stream = await docker.getContainer(name).logs(marked);
      const parts = await ways[number % ways.length](stream);
      return Buffer.concat(parts.map((part) => Buffer.from(part)));
    }),
  );
  for (const [number, name] of names.entries()) {
    const expected = Buffer.concat(lines.map((line) => frame(`${name} ${line}`)));
    assert.equal(
      read[number].toString(),
      expected.toString(),
      `${name}, ${Object.keys(READERS)[number % ways.length]}`,
    );
  }
});
