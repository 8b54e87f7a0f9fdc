// Against real engines, every version: dockerode and dockline do the same things and get the same results.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { onEveryEngine } from './engines.mjs';
import { container, IMAGE, smoke } from './smoke.mjs';

const require = createRequire(import.meta.url);
const Original = require('dockerode');
const Docker = require('../../node/dist/index.js');

const open = (engine, Client = Docker) => new Client({ socketPath: engine.socket });

/** Of an image or a network: what other tests change while this one reads, its names, pulls and containers. */
const shared = ['RepoTags', 'RepoDigests', 'Metadata', 'Containers'];

function unshared(facts) {
  return Object.fromEntries(Object.entries(facts).filter(([key]) => !shared.includes(key)));
}

/** A result without what differs between two calls: ids, times, addresses, counters. */
function shape(value) {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (Buffer.isBuffer(value)) return 'buffer';
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, shape(value[key])]),
  );
}

onEveryEngine(test, 'reads give the same as the original', async (engine, t) => {
  const [ours, theirs] = [open(engine), open(engine, Original)];
  const { id } = await container(t, ours, { Cmd: ['true'], Labels: { a: 'b' } });
  for (const read of [
    (docker) => docker.version(),
    // By name and id: what else is on the engine changes, and images of one second come in any order.
    async (docker) => unshared((await docker.listImages()).find(({ RepoTags }) => RepoTags?.includes(IMAGE))),
    async (docker) => unshared(await docker.getImage(IMAGE).inspect()),
    (docker) => docker.getImage(IMAGE).history(),
    async (docker) => unshared((await docker.listNetworks()).find(({ Name }) => Name === 'bridge')),
    async (docker) => unshared(await docker.getNetwork('bridge').inspect()),
    (docker) => docker.ping(),
    async (docker) => (await docker.listContainers({ all: true })).find(({ Id }) => Id === id),
  ]) {
    assert.deepEqual(shape(await read(ours)), shape(await read(theirs)), String(read));
  }
  const [image, other] = [ours, theirs].map((docker) => docker.getImage(IMAGE).inspect());
  assert.deepEqual(unshared(await image), unshared(await other));
});

for (const [name, work] of smoke) onEveryEngine(test, name, (engine, t) => work(open(engine), t));
