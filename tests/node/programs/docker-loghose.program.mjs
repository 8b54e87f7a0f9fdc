// docker-loghose: the logs of every container, those that run and those that start later, in one stream of objects.
// It was written for dockerode 2, and stands on docker-allcontainers (events, lists, inspect).

import assert from 'node:assert/strict';
import { once } from 'node:events';
import loghose from 'docker-loghose';
import Docker from 'dockerode';

const docker = new Docker();
const prefix = `dockline-loghose-${process.pid}`;
const start = async (name, word) => {
  const container = await docker.createContainer({
    name: `${prefix}-${name}`,
    Image: 'busybox:latest',
    // It attaches, so what was said before is not seen.
    Cmd: ['sh', '-c', `while sleep 0.1; do echo ${word}; echo ${word}-err >&2; done`],
  });
  await container.start();
  return container;
};

const containers = [await start('first', 'alpha')];
const lines = new Map();
const hose = loghose({ matchByName: prefix, json: false });
hose.on('data', ({ name, line }) => lines.set(line, name));
try {
  while (!lines.has('alpha') || !lines.has('alpha-err')) await once(hose, 'data');
  console.log('ok a container that runs');
  containers.push(await start('second', 'beta'));
  while (!lines.has('beta') || !lines.has('beta-err')) await once(hose, 'data');
  assert.equal(lines.get('beta'), `${prefix}-second`);
  console.log('ok a container that starts later');
} finally {
  hose.destroy();
  await Promise.all(containers.map((container) => container.remove({ force: true })));
}
console.log('ok end');
