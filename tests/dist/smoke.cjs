// What an installed tarball must do for require(): the class itself, connect, stream, reject.
const assert = require('node:assert/strict');
const { Writable } = require('node:stream');
const Docker = require('dockerode');

async function main() {
  assert.equal(typeof Docker, 'function');
  assert.equal(require('dockline').name, Docker.name);
  const docker = new Docker();
  assert.equal(String(await docker.ping()), 'OK');
  let text = '';
  const sink = () =>
    new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
  const stream = await docker.getContainer('c1').logs({ follow: true, stdout: true, stderr: true });
  docker.modem.demuxStream(stream, sink(), sink());
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  assert.equal(text, 'ahoy\nmind the rope\n');
  await assert.rejects(docker.getImage('none').inspect(), { statusCode: 404 });
  console.log(`node: require('dockerode'): engine ${(await docker.version()).Version}, ${require.resolve('dockerode')}`);
}

main();
