// Reads one long stream through a reader that sleeps, in a process of its own, and prints how far memory rose above idle.
// Arguments: kind of stream, and the client's options.

const fs = require('node:fs');
const { Writable } = require('node:stream');
const Docker = require('../../../node/dist/index.js');

const [kind, options] = process.argv.slice(2);
const docker = new Docker(JSON.parse(options));
const container = docker.getContainer('c');
const OUTPUT = { stream: true, stdout: true, stderr: true };

const openers = {
  logs: () => container.logs({ follow: true, stdout: true, stderr: true }),
  attach: () => container.attach({ ...OUTPUT, hijack: true }),
  'attach, one way': () => container.attach(OUTPUT),
  exec: () => docker.getExec('e').start({ hijack: true }),
  getArchive: () => container.getArchive({ path: '/' }),
  export: () => container.export(),
  events: () => docker.getEvents(),
  build: () => docker.buildImage(Buffer.alloc(0), {}),
};
const framed = ['logs', 'attach', 'attach, one way', 'exec'].includes(kind);

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const field = (name) =>
  Number(/(\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'utf8').split(`${name}:`)[1])[1]) * 1024;

/** Takes everything, and rests after every 4 MiB. */
class Sleeper extends Writable {
  total = 0;
  async _write(chunk, _encoding, callback) {
    const before = this.total >> 22;
    this.total += chunk.length;
    if (this.total >> 22 !== before) await sleep(2);
    callback();
  }
}

async function main() {
  await docker.ping();
  globalThis.gc?.();
  await sleep(50);
  const idle = field('VmRSS');
  // From here on the kernel's high-water mark counts anew.
  fs.writeFileSync('/proc/self/clear_refs', '5');
  const stream = await openers[kind]();
  const sink = new Sleeper();
  if (framed) docker.modem.demuxStream(stream, sink, sink, { end: true });
  else stream.pipe(sink);
  await new Promise((resolve, reject) => {
    sink.on('finish', resolve);
    stream.on('error', reject);
  });
  console.log(JSON.stringify({ total: sink.total, rose: field('VmHWM') - idle, idle }));
}

main();
