// Flat memory: a GiB through a reader that sleeps costs less than 32 MiB above the idle process, whatever kind of stream it is.
// The native library has to be the optimised one; how fast it goes is not looked at.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FakeEngine } from './fake.mjs';

const run = promisify(execFile);
const reader = fileURLToPath(new URL('memory/reader.cjs', import.meta.url));
const MiB = 1 << 20;
const TOTAL = 1024 * MiB;

/** A body of this many bytes at least, out of frames of one size. */
function frames(size) {
  const row = Array.from({ length: 128 }, (_, at) => [at % 8 ? 1 : 2, `${'y'.repeat(size - 1)}\n`]);
  return { repeat: { frames: row }, count: Math.ceil(TOTAL / (128 * size)) };
}

const short = frames(120);
const long = frames(16384);
const tar = { repeat: 'z'.repeat(65536), count: TOTAL / 65536 };
const event = { status: 'progress', id: 'x'.repeat(1000) };
const lines = { repeat: { json_lines: Array(64).fill(event) }, count: TOTAL / 65536 };

const chunked = (body) => ({ framing: 'chunked', body });
const upgraded = (body) => ({ status: 101, upgrade: { close_after_body: true }, body });

for (const [kind, reply] of [
  ['logs', chunked(short)],
  ['attach', upgraded(long)],
  ['attach, one way', chunked(long)],
  ['exec', upgraded(long)],
  ['getArchive', chunked(tar)],
  ['export', chunked(tar)],
  ['events', chunked(lines)],
  ['build', chunked(lines)],
]) {
  test(`1 GiB of ${kind} through a reader that sleeps`, async (t) => {
    const engine = await FakeEngine.start({
      record: false,
      routes: [
        { path: '/_ping', reply: { body: 'OK' } },
        { path: '*', reply },
      ],
    });
    t.after(() => engine.stop());
    const { stdout } = await run(process.execPath, [reader, kind, JSON.stringify(engine.options)], {
      signal: t.signal,
    });
    const { total, rose } = JSON.parse(stdout);
    t.diagnostic(`${(rose / MiB).toFixed(1)} MiB above idle`);
    assert.ok(total >= TOTAL, `${total} bytes came`);
    assert.ok(rose < 32 * MiB, `${(rose / MiB).toFixed(1)} MiB above idle`);
  });
}
