// The works for Node: `node client.js MODULE WORK SIZE`.
const fs = require('node:fs');
const http = require('node:http');

const Docker = require(process.argv[2]);

const status = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
const mebibytes = (name) => status(name) / 1024;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let amount = 0;
let threads = 0;

/** How many bytes the replaying engine has written to anybody. */
function written() {
  const socketPath = process.env.DOCKER_HOST.slice('unix://'.length);
  return new Promise((resolve, reject) => {
    http
      .get({ socketPath, path: '/__fake/connections', agent: false }, (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(JSON.parse(text).written));
      })
      .on('error', reject);
  });
}

const ended = (stream) => new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));

/** Counts frames: every write of the demultiplexer is one. */
function demultiplexed(docker, stream, count) {
  const sink = {
    write: (chunk) => {
      amount += count(chunk);
      return true;
    },
    on: () => sink,
    once: () => sink,
    emit: () => true,
  };
  docker.modem.demuxStream(stream, sink, sink);
  return ended(stream);
}

async function followed(docker, name, count) {
  const stream = await docker.getContainer(name).logs({ follow: true, stdout: true, stderr: true });
  await demultiplexed(docker, stream, count);
}

/** JSON lines the way programs read them: split at newlines, JSON.parse. */
async function parsed(stream) {
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      JSON.parse(line);
      amount++;
    }
  });
  await ended(stream);
}

const works = {
  async ping(docker, size) {
    for (let index = 0; index < size; index++) await docker.ping();
    amount = size;
  },
  async inspect(docker, size) {
    const container = docker.getContainer('c1');
    for (let index = 0; index < size; index++) await container.inspect();
    amount = size;
  },
  async list_1000(docker, size) {
    for (let index = 0; index < size; index++) amount += (await docker.listContainers({ all: true })).length;
  },
  async list_objects(docker, size) {
    for (let index = 0; index < size; index++) {
      const rows = await docker.listContainers({ all: true, filters: { label: ['hundred'] } });
      for (const row of rows) await docker.getContainer(row.Id).inspect();
      amount += rows.length;
    }
  },
  async log_lines(docker, size) {
    await followed(docker, `lines-${size}`, () => 1);
  },
  async log_frames(docker) {
    await followed(docker, 'frames', (chunk) => chunk.length);
  },
  async two_gb(docker) {
    await followed(docker, 'two', (chunk) => chunk.length);
  },
  async log_whole(docker) {
    amount = (await docker.getContainer('whole').logs({ stdout: true, stderr: true })).length;
  },
  async get_archive(docker) {
    const stream = await docker.getContainer('c1').getArchive({ path: '/data' });
    stream.on('data', (chunk) => {
      amount += chunk.length;
    });
    await ended(stream);
  },
  async put_archive(docker) {
    await docker.getContainer('c1').putArchive(fs.createReadStream(process.env.BENCH_FILE), { path: '/data' });
    amount = fs.statSync(process.env.BENCH_FILE).size;
  },
  async build(docker, size) {
    const stream = await docker.buildImage({ context: process.env.BENCH_CONTEXT, src: ['.'] }, {});
    let last = '';
    stream.on('data', (chunk) => {
      last = chunk;
    });
    await ended(stream);
    if (String(last).includes('"error"')) throw new Error(last);
    amount = size;
  },
  async events(docker, size) {
    const span = JSON.parse(process.env.BENCH_EVENTS);
    for (let index = 0; index < size; index++) await parsed(await docker.getEvents(span));
  },
  async stats(docker) {
    await parsed(await docker.getContainer('c1').stats({ stream: true }));
  },
  async pull(docker) {
    const stream = await docker.pull(`${process.env.BENCH_IMAGE ?? 'busybox'}:latest`);
    await new Promise((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        () => amount++,
      );
    });
  },
  async exec_lines(docker) {
    const stream = await docker.getExec(process.env.BENCH_EXEC).start({ hijack: true, stdin: false });
    await demultiplexed(docker, stream, () => 1);
  },
  async exec_bytes(docker) {
    const stream = await docker.getExec(process.env.BENCH_EXEC).start({ hijack: true, stdin: false });
    await demultiplexed(docker, stream, (chunk) => chunk.length);
  },
  async exec_echo(docker, size) {
    const stream = await docker.getExec(process.env.BENCH_EXEC).start({ hijack: true, stdin: true });
    const block = Buffer.alloc(64, 'x');
    const back = Number(process.env.BENCH_ECHO);
    await new Promise((resolve, reject) => {
      let got = 0;
      stream.on('error', reject).on('data', (chunk) => {
        got += chunk.length;
        if (got < back) return;
        got = 0;
        if (++amount === size) resolve();
        else stream.write(block);
      });
      stream.write(block);
    });
    stream.destroy();
  },
  async exec_behind(docker, size) {
    for (let index = 0; index < size; index++) {
      const stream = await docker.getExec(process.env.BENCH_EXEC).start({ hijack: true, stdin: true });
      let got = 0;
      await new Promise((resolve) => {
        stream.on('data', (chunk) => {
          got += chunk.length;
          if (got >= 8192) resolve();
        });
        stream.on('end', resolve).on('error', resolve);
      });
      stream.destroy();
      if (got === 8192) amount++;
    }
  },
  async followers(docker, size) {
    const all = Array.from({ length: size }, () => followed(docker, 'drip', () => 1));
    await pause(500);
    threads = status('Threads');
    await Promise.all(all);
  },
  async pause(docker) {
    const before = await written();
    const stream = await docker.getContainer('endless').logs({ follow: true, stdout: true, stderr: true });
    await new Promise((resolve) => stream.once('data', resolve));
    stream.pause();
    let settled = -1;
    for (let now = await written(); now !== settled; now = await written()) {
      settled = now;
      await pause(500);
      if (settled > 1e9) break;
    }
    amount = Math.max(0, settled - before - Number(process.env.BENCH_SOCKET_ROOM));
  },
};

async function main() {
  const docker = new Docker();
  await docker.ping();
  global.gc?.();
  fs.writeFileSync('/proc/self/clear_refs', '5');
  const idle = mebibytes('VmRSS');
  const before = process.cpuUsage();
  const begin = performance.now();
  await works[process.argv[3]](docker, Number(process.argv[4]));
  const wall = (performance.now() - begin) / 1000;
  const spent = process.cpuUsage(before);
  const row = { amount, wall, cpu: (spent.user + spent.system) / 1e6, idle, peak: mebibytes('VmHWM') };
  console.log(JSON.stringify({ ...row, threads: Math.max(threads, status('Threads')) }));
  process.exit(0);
}

main();
