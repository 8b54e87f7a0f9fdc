// The same uses of a real engine over every other transport: TCP, TLS, the machine's own ssh, ssh inside this process.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { newestEngine } from './engines.mjs';
import { smoke } from './smoke.mjs';
import { home } from './ssh.mjs';
import { front, frontInto, pem } from './transports.mjs';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');

async function everything(t, docker) {
  for (const [name, work] of smoke) await t.test(name, (inner) => work(docker, inner));
  docker.close();
}

test('TCP', async (t) => {
  const { port } = await front(t, `unix:${newestEngine().socket}`);
  await everything(t, new Docker({ host: '127.0.0.1', port, protocol: 'http' }));
});

test('TLS', async (t) => {
  const { port } = await frontInto(t, newestEngine(), '127.0.0.1:2376');
  const trust = { ca: pem('authority'), cert: pem('client'), key: pem('client-key') };
  await everything(t, new Docker({ host: '127.0.0.1', port, protocol: 'https', ...trust }));
});

test('the ssh program', (t) => home(t, () => everything(t, new Docker({ protocol: 'ssh', host: 'harbour' }))));

test('ssh inside this process', (t) =>
  home(t, async ({ way }) => {
    const sshOptions = { privateKey: readFileSync(newestEngine().ssh.keys.client) };
    const place = { protocol: 'ssh', host: '127.0.0.1', port: way.port, username: 'root' };
    await everything(t, new Docker({ ...place, sshOptions }));
  }));
