// One scenario, as a dockerode script: `node bench.js NAME MODULE`.
const { readFileSync } = require('node:fs');
const { Writable } = require('node:stream');
const Docker = require(process.argv[3]);

/** Small requests one after another: what a call costs. */
async function calls(docker) {
  const count = 3000;
  for (let index = 0; index < count; index++) await docker.ping();
  return [count, 'calls'];
}

/** A list of 200 containers: what decoding costs. */
async function lists(docker) {
  const count = 300;
  for (let index = 0; index < count; index++) {
    const found = await docker.listContainers({ all: true });
    if (found.length !== 200) throw new Error(`${found.length} containers came`);
  }
  return [count, 'lists'];
}

/** Many 80-byte lines through the demultiplexer. */
async function logs(docker) {
  let received = 0;
  const sink = new Writable({
    write(chunk, _encoding, done) {
      received += chunk.length;
      done();
    },
  });
  const stream = await docker.getContainer('c1').logs({ follow: true, stdout: true, stderr: true });
  docker.modem.demuxStream(stream, sink, sink);
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  return [received / 2 ** 20, 'MiB'];
}

async function main() {
  const docker = new Docker();
  await docker.ping();
  const begin = performance.now();
  const [amount, unit] = await { calls, lists, logs }[process.argv[2]](docker);
  const seconds = (performance.now() - begin) / 1000;
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  console.log(JSON.stringify({ amount, unit, seconds, peak }));
}

main();
