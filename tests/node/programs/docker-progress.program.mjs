// docker-progress: a pull, a push and a build with their percentages, and the errors inside their streams.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DockerProgress } from 'docker-progress';
import Docker from 'dockerode';
import tar from 'tar-fs';

const docker = new Docker();
const progress = new DockerProgress({ docker });
const registry = '127.0.0.1:5000';
const image = `${registry}/programs/p${process.pid}:1`;

function watched() {
  const seen = [];
  const onProgress = (event) => seen.push(event.percentage);
  return { onProgress, last: () => seen.at(-1) };
}

const build = watched();
const context = mkdtempSync(path.join(tmpdir(), 'program-'));
writeFileSync(path.join(context, 'Dockerfile'), `FROM busybox:latest\nRUN echo ${process.pid} > /pid\n`);
await progress.build(tar.pack(context), build.onProgress, { t: image });
assert.equal(build.last(), 100);
console.log('ok build');

const push = watched();
assert.match(await progress.push(image, push.onProgress, {}), /^sha256:/);
assert.equal(push.last(), 100);
console.log('ok push');

await docker.getImage(image).remove();
const pull = watched();
await progress.pull(image, pull.onProgress);
assert.equal(pull.last(), 100);
await docker.getImage(image).remove();
console.log('ok pull');

writeFileSync(path.join(context, 'Dockerfile'), 'FROM busybox:latest\nRUN exit 9\n');
await assert.rejects(
  progress.build(tar.pack(context), () => {}, { forcerm: true }),
  /returned a non-zero code: 9/,
);
await assert.rejects(progress.pull(`${registry}/programs/nothing:1`, () => {}));
console.log('ok errors');
