// A script written for dockerode: nothing in it knows of dockline. With `npm install dockerode@npm:dockline`
// the first line is dockline.
const Docker = require('dockerode');
const fs = require('node:fs');
const { Writable } = require('node:stream');

const GIB = 2 ** 30;
const LINE = 8192;
const TALK =
  'for i in 1 2 3 4; do echo "cask $i of 4 is aboard"; sleep 0.3; done; echo "the fifth fell in" >&2; exit 3';
const FLOOD = `yes "$(printf '%${LINE - 1}s' | tr ' ' x)" | head -c ${GIB}`;

/** One of this process's sizes, in MiB. */
function memory(field) {
  const line = fs
    .readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${field}:`));
  return Number(line.split(/\s+/)[1]) / 1024;
}

/** Start a container, hand what it prints to `write`, and return its exit code. */
async function run(docker, name, script, write) {
  const container = await docker.createContainer({ name, Image: 'busybox', Cmd: ['sh', '-c', script] });
  try {
    await container.start();
    const stream = await container.logs({ follow: true, stdout: true, stderr: true });
    const sink = () => new Writable({ write: (chunk, _encoding, done) => done(null, write(chunk)) });
    docker.modem.demuxStream(stream, sink(), sink());
    await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
    return (await container.wait()).StatusCode;
  } finally {
    await container.remove({ force: true });
  }
}

/** Print a container's lines as they come, and its exit code. */
async function follow(docker) {
  const begin = performance.now();
  const code = await run(docker, 'dockline-demo-js', TALK, (chunk) => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(4);
    process.stdout.write(`  +${seconds} s  ${chunk}`);
  });
  console.log(`  exit code ${code}`);
}

/** Pull what is not there. */
async function fail(docker) {
  try {
    const stream = await docker.pull('127.0.0.1:5000/library/no-such-image:latest');
    await new Promise((resolve, reject) => docker.modem.followProgress(stream, (e, out) => (e ? reject(e) : resolve(out))));
  } catch (error) {
    console.log(`  ${error.name}: ${error.message.trim()}`);
    return;
  }
  throw new Error('a pull of an image that does not exist came back as if it had worked');
}

/** Follow 1 GiB of logs and look at what it cost. */
async function flood(docker) {
  const idle = memory('VmRSS');
  const begin = performance.now();
  let received = 0;
  await run(docker, 'dockline-demo-flood-js', FLOOD, (chunk) => {
    received += chunk.length;
  });
  const seconds = (performance.now() - begin) / 1000;
  const peak = memory('VmHWM');
  const above = (peak - idle).toFixed(1);
  console.log(`  ${(received / GIB).toFixed(3)} GiB in ${seconds.toFixed(1)} s; peak ${peak.toFixed(1)} MiB, ${above} MiB above idle`);
  if (received !== GIB) throw new Error(`${received} bytes came instead of ${GIB}`);
  if (peak - idle > 32) throw new Error('that is more than 32 MiB above idle');
}

async function main() {
  const docker = new Docker();
  const { socketPath, host, endpoint } = docker.modem;
  console.log(`endpoint    ${docker.endpoint ?? endpoint ?? socketPath ?? host}`);
  const { Version, ApiVersion } = await docker.version();
  console.log(`engine      ${Version}, API ${docker.modem.version ?? `${ApiVersion} (unprefixed, as dockerode asks)`}`);
  console.log('following a container:');
  await follow(docker);
  console.log('a pull that fails:');
  await fail(docker);
  console.log('1 GiB of logs:');
  await flood(docker);
}

main();
