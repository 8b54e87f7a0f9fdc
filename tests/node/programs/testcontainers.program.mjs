// What a test suite does with testcontainers: containers, every wait strategy, logs, exec, copies, networks, builds.
// Nothing in it knows of dockline. Runs where published ports are reached.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GenericContainer, getContainerRuntimeClient, Network, Wait } from 'testcontainers';

const IMAGE = 'busybox:latest';
// It says that it listens once it answers: the engine's proxy takes connections to a published port before that.
const HTTPD = [
  'sh',
  '-c',
  'mkdir -p /www; echo harbour > /www/index.html; httpd -f -v -p 8080 -h /www & until wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done; echo listening; wait',
];
const done = (what) => console.log(`ok ${what}`);

async function collect(stream, ...expected) {
  let text = '';
  // testcontainers unreferences the sockets of logs: reading them alone does not keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  try {
    for await (const part of stream) {
      text += part;
      if (expected.every((word) => text.includes(word))) break;
    }
  } finally {
    clearInterval(alive);
  }
  return text;
}

async function waiting() {
  const server = () => new GenericContainer(IMAGE).withCommand(HTTPD).withExposedPorts(8080);
  const strategies = {
    port: [server(), Wait.forListeningPorts()],
    log: [server(), Wait.forLogMessage(/listen\w+/)],
    http: [server(), Wait.forHttp('/', 8080)],
    shell: [server(), Wait.forSuccessfulCommand('wget -q -O - http://127.0.0.1:8080/ | grep harbour')],
    health: [
      server().withHealthCheck({
        test: ['CMD-SHELL', 'wget -q -O - http://127.0.0.1:8080/'],
        interval: 300,
        // A probe is a process in the container: a slow machine may need long for it, and many of them.
        timeout: 60_000,
        retries: 200,
        startPeriod: 0,
      }),
      Wait.forHealthCheck(),
    ],
    'one shot': [new GenericContainer(IMAGE).withCommand(['true']), Wait.forOneShotStartup()],
  };
  await Promise.all(
    Object.entries(strategies).map(async ([name, [container, strategy]]) => {
      const started = await container.withWaitStrategy(strategy).start();
      if (name !== 'one shot') {
        const answer = await fetch(`http://${started.getHost()}:${started.getMappedPort(8080)}/`);
        assert.equal(await answer.text(), 'harbour\n');
      }
      await started.stop();
      done(`wait: ${name}`);
    }),
  );
}

async function failing() {
  const silent = new GenericContainer(IMAGE).withCommand(['sleep', '60']).withStartupTimeout(700);
  await assert.rejects(
    silent.withWaitStrategy(Wait.forLogMessage('never')).start(),
    /Log message "never" not received/,
  );
  await assert.rejects(
    new GenericContainer('127.0.0.1:5000/library/nothing:none').start(),
    /not found|manifest unknown|no such image/i,
  );
  done('failures');
}

async function working() {
  // It says its word again and again: after a restart only what is logged after the engine noted the start is looked at.
  const folder = mkdtempSync(path.join(tmpdir(), 'program-'));
  writeFileSync(path.join(folder, 'file.txt'), 'from a file\n');
  let heard;
  const consumed = new Promise((resolve) => {
    heard = resolve;
  });
  const container = await new GenericContainer(IMAGE)
    .withCommand([
      'sh',
      '-c',
      'echo "$GREETING"; echo oops >&2; cat /copied/*; while sleep 1; do cat /copied/text.txt; done',
    ])
    .withEnvironment({ GREETING: 'ahoy' })
    .withLabels({ suite: 'programs' })
    .withTmpFs({ '/scratch': 'rw' })
    .withUser('root')
    .withWorkingDir('/tmp')
    .withCopyFilesToContainer([{ source: path.join(folder, 'file.txt'), target: '/copied/file.txt' }])
    .withCopyContentToContainer([{ content: 'from a string\n', target: '/copied/text.txt' }])
    .withCopyDirectoriesToContainer([{ source: folder, target: '/folder' }])
    .withLogConsumer((stream) => stream.on('data', (line) => String(line).includes('ahoy') && heard()))
    .withWaitStrategy(Wait.forLogMessage('from a string'))
    .start();

  // Two pipes: what was written last need not come last.
  const words = ['ahoy', 'oops', 'from a file', 'from a string'];
  const logs = await collect(await container.logs(), ...words);
  for (const expected of words) assert.ok(logs.includes(expected), logs);
  await consumed;
  done('logs');

  const ran = await container.exec(['sh', '-c', 'echo out; echo err >&2; pwd; exit 3'], { workingDir: '/scratch' });
  assert.deepEqual([ran.exitCode, ran.stdout, ran.stderr], [3, 'out\n/scratch\n', 'err\n']);
  const as = await container.exec(['sh', '-c', 'id -un; echo $X'], { user: 'nobody', env: { X: 'y' } });
  assert.equal(as.output, 'nobody\ny\n');
  const big = await container.exec(['sh', '-c', 'yes | head -c 3000000']);
  assert.equal(big.stdout.length, 3_000_000);
  done('exec');

  await container.copyContentToContainer([{ content: 'later', target: '/later.txt' }]);
  assert.equal((await container.exec(['cat', '/later.txt'])).output, 'later');
  assert.equal((await container.exec(['cat', '/folder/file.txt'])).output, 'from a file\n');
  const archive = await container.copyArchiveFromContainer('/later.txt');
  assert.ok((await collect(archive, 'later')).startsWith('later.txt'));
  done('copy');

  const before = container.getId();
  await container.restart();
  assert.equal(container.getId(), before);
  done('restart');

  const image = await container.commit({ repo: 'dockline-programs', tag: `c${process.pid}`, deleteOnExit: false });
  const again = await new GenericContainer(image).withCommand(['sleep', '600']).start();
  assert.equal((await again.exec(['cat', '/later.txt'])).output, 'later');
  await again.stop();
  const client = await getContainerRuntimeClient();
  await client.container.dockerode.getImage(image).remove();
  done('commit');
  await container.stop();
}

async function networking() {
  const network = await new Network().start();
  const server = await new GenericContainer(IMAGE)
    .withCommand(HTTPD)
    .withNetwork(network)
    .withNetworkAliases('pier')
    .withWaitStrategy(Wait.forLogMessage('listening'))
    .start();
  const visitor = await new GenericContainer(IMAGE).withCommand(['sleep', '600']).withNetwork(network).start();
  const seen = await visitor.exec(['wget', '-q', '-O', '-', 'http://pier:8080/']);
  assert.deepEqual([seen.exitCode, seen.output], [0, 'harbour\n']);
  await Promise.all([server.stop(), visitor.stop()]);
  await network.stop();
  done('network');
}

async function building() {
  const context = mkdtempSync(path.join(tmpdir(), 'program-'));
  writeFileSync(
    path.join(context, 'Dockerfile'),
    `FROM ${IMAGE}\nARG WORD\nENV WORD=$WORD\nCOPY message /message\nRUN test ! -e /ignored\nCMD ["sh", "-c", "echo $WORD; cat /message; sleep 600"]\n`,
  );
  writeFileSync(path.join(context, 'message'), 'built\n');
  writeFileSync(path.join(context, 'ignored'), 'x');
  writeFileSync(path.join(context, '.dockerignore'), 'ignored\n');
  const name = `dockline-programs:b${process.pid}`;
  const built = await GenericContainer.fromDockerfile(context)
    .withBuildArgs({ WORD: 'anchor' })
    .build(name, { deleteOnExit: false });
  const container = await built.withWaitStrategy(Wait.forLogMessage('built')).start();
  assert.match(await collect(await container.logs(), 'built'), /anchor\r?\nbuilt/);
  await container.stop();
  const { dockerode } = (await getContainerRuntimeClient()).container;
  await dockerode.getImage(name).remove();

  writeFileSync(path.join(context, 'Dockerfile'), `FROM ${IMAGE}\nRUN exit 7 # ${process.pid}\n`);
  await assert.rejects(GenericContainer.fromDockerfile(context).build(`${name}x`, { deleteOnExit: false }));
  // The engine keeps the container of a step that failed.
  const left = await dockerode.listContainers({ all: true, filters: { status: ['exited'] } });
  for (const { Id, Command } of left) {
    if (Command.includes(`exit 7 # ${process.pid}`)) await dockerode.getContainer(Id).remove();
  }
  done('build');
}

await waiting();
await failing();
await working();
await networking();
await building();
done('end');
