// A project of two services, a network and a volume, brought up and down by dockerode-compose; one service is built.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import Compose from 'dockerode-compose';

const docker = new Docker();
const folder = mkdtempSync(path.join(tmpdir(), 'program-'));
const project = `docklinecompose${process.pid}`;
mkdirSync(path.join(folder, 'web'));
writeFileSync(path.join(folder, 'web', 'Dockerfile'), 'FROM busybox:latest\nCOPY page /page\n');
writeFileSync(path.join(folder, 'web', 'page'), 'composed\n');
writeFileSync(
  path.join(folder, 'docker-compose.yml'),
  `version: '3'
services:
  web:
    build: ./web
    environment: [KEY=value]
    labels: [tier=web]
    volumes: ['data:/data']
    command: ['sh', '-c', 'cp /page /data/index.html; exec httpd -f -p 80 -h /data']
  client:
    image: busybox:latest
    depends_on: [web]
    command: ['sleep', '600']
volumes:
  data: {}
networks:
  default: {}
`,
);

const compose = new Compose(docker, path.join(folder, 'docker-compose.yml'), project);
try {
  const up = await compose.up();
  assert.equal(up.services.length, 2);
  assert.ok(up.services.every((service) => service.id));
  console.log('ok up');

  const client = docker.getContainer(`${project}_client_1`);
  const exec = await client.exec({
    // The server may need a moment: the visitor asks until it answers.
    Cmd: ['sh', '-c', 'until wget -q -O - http://web/; do sleep 0.1; done'],
    AttachStdout: true,
    AttachStderr: false,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  const page = new PassThrough();
  docker.modem.demuxStream(stream, page, page);
  stream.on('end', () => page.end()).on('error', (error) => page.destroy(error));
  let text = '';
  for await (const part of page) text += part;
  assert.equal(text, 'composed\n');
  const { Config } = await docker.getContainer(`${project}_web_1`).inspect();
  assert.ok(Config.Env.includes('KEY=value'));
  assert.equal(Config.Labels.tier, 'web');
  console.log('ok services reach each other');
} finally {
  await compose.down({ volumes: true });
}
const left = await docker.listContainers({ all: true, filters: { name: [project] } });
const volumes = await docker.listVolumes({ filters: { name: [project] } });
const networks = await docker.listNetworks({ filters: { name: [project] } });
assert.deepEqual([left, volumes.Volumes, networks], [[], [], []]);
await docker.getImage(`${project}_web`).remove();
console.log('ok down');
