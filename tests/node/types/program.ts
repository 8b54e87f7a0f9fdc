// A program typed against @types/dockerode, with only the package behind the name exchanged: it must compile unchanged.

import { EventEmitter } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import Docker, { type ContainerInfo, type ContainerInspectInfo, type DockerOptions } from 'dockerode';

import Dockerode = require('dockerode');

const options: DockerOptions = { socketPath: '/var/run/docker.sock', timeout: undefined, Promise };
const docker = new Docker(options);
const other: Dockerode = new Dockerode({ host: 'h', port: 2375, protocol: 'http', ca: ['a'], version: 'v1.43' });

async function containers(): Promise<void> {
  const list: ContainerInfo[] = await docker.listContainers({ all: true, filters: { label: ['a'] } });
  const names: string[] = list.flatMap((one) => one.Names);
  const container: Docker.Container = await docker.createContainer({
    Image: 'x',
    name: names[0],
    Cmd: ['a'],
    HostConfig: { Binds: ['/a:/b'], PortBindings: { '80/tcp': [{ HostPort: '8080' }] }, AutoRemove: undefined },
    ExposedPorts: { '80/tcp': {} },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 5 },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['a'] } } },
  });
  await container.start();
  await container.start({ detachKeys: 'ctrl-a', abortSignal: new AbortController().signal });
  const info: ContainerInspectInfo = await container.inspect();
  const port: string | undefined = info.NetworkSettings.Ports['80/tcp']?.[0]?.HostPort;
  const health: string | undefined = info.State.Health?.Status;
  const buffer: Buffer = await container.logs({ stdout: true, tail: 5 });
  const stream: NodeJS.ReadableStream = await container.logs({ follow: true, stdout: true });
  container.modem.demuxStream(stream, process.stdout, process.stderr);
  docker.modem.demuxStream(stream, new PassThrough(), new PassThrough());
  const stats: Docker.ContainerStats = await container.stats({ stream: false });
  const used: number = stats.memory_stats.usage + stats.cpu_stats.cpu_usage.total_usage;
  const live: NodeJS.ReadableStream = await container.stats({ stream: true });
  const exec: Docker.Exec = await container.exec({ Cmd: ['a'], AttachStdout: true, ConsoleSize: [1, 2] });
  const duplex: Duplex = await exec.start({ hijack: true, stdin: true });
  const code: number | null = (await exec.inspect()).ExitCode;
  const attached: NodeJS.ReadWriteStream = await container.attach({ stream: true, stdin: true, hijack: true });
  attached.write('x');
  const archive: NodeJS.ReadableStream = await container.getArchive({ path: '/' });
  await container.putArchive(archive, { path: '/' });
  await container.stop({ t: 3 });
  await container.wait({ condition: 'next-exit' });
  await container.remove({ force: true, v: true });
  console.log(port, health, buffer.length, used, live, duplex, code);
}

function callbacks(): void {
  docker.listContainers((error, list) => console.log(error, list?.length));
  docker.listContainers({ limit: 3 }, (_error, list) => list?.map((one) => one.Id));
  docker.ping((_error, answer) => console.log(answer));
  docker.getContainer('x').inspect((_error, info) => info?.State.Running);
  docker.getContainer('x').logs({ follow: true }, (_error, stream) => stream?.pipe(process.stdout));
  docker.getImage('x').remove({ force: true }, (_error, removed) => removed?.Deleted);
  docker.createContainer({ Image: 'x' }, (_error, container) => container?.start((failure) => failure));
  const hub: EventEmitter = docker.run('x', ['y'], process.stdout, (_error, _data, ..._rest: any[]) => undefined);
  hub.on('container', () => undefined);
}

async function images(): Promise<void> {
  const stream = await docker.pull('x:y', { authconfig: { username: 'u', password: 'p' } });
  docker.modem.followProgress(
    stream,
    (error: Error | null, output: any[]) => console.log(error, output.length),
    (event: any) => event.status,
  );
  const built = await docker.buildImage(
    { context: '.', src: ['Dockerfile'] },
    { t: 'x', buildargs: { a: 'b' }, version: '2' },
  );
  await docker.buildImage('x.tar', { registryconfig: { r: { username: 'u', password: 'p' } } });
  const image: Docker.Image = docker.getImage('x');
  const info: Docker.ImageInspectInfo = await image.inspect();
  const layers: string[] | undefined = info.RootFS.Layers;
  await image.tag({ repo: 'a', tag: 'b' });
  await image.push({ authconfig: { key: 'k' } });
  const pruned: number = (await docker.pruneImages()).SpaceReclaimed;
  const listed: Docker.ImageInfo[] = await docker.listImages({ digests: true });
  const distribution: Docker.ImageDistributionInfo = await image.distribution();
  console.log(built, layers, pruned, listed, distribution);
}

async function rest(): Promise<void> {
  const network: Docker.Network = await docker.createNetwork({
    Name: 'n',
    IPAM: { Config: [{ Subnet: '10.0.0.0/8' }] },
  });
  await network.connect({ Container: 'c', EndpointConfig: { IPAMConfig: { IPv4Address: '10.0.0.2' } } });
  const details: Docker.NetworkInspectInfo = await network.inspect();
  const volume: Docker.Volume = await docker.createVolume({ Name: 'v', Labels: { a: 'b' } });
  const mount: string = (await volume.inspect()).Mountpoint;
  const { Volumes } = await docker.listVolumes();
  const service: Docker.Service = await docker.createService({
    Name: 's',
    TaskTemplate: { ContainerSpec: { Image: 'x', Mounts: [{ Target: '/a', Source: 'b', Type: 'volume' }] } },
    Mode: { Replicated: { Replicas: 2 } },
    EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 80 }] },
    authconfig: undefined,
  });
  const services: Docker.Service[] = await docker.listServices({ filters: { name: ['s'] } });
  const spec: Docker.ServiceSpec | undefined = services[0]?.Spec;
  const secrets: Docker.Secret[] = await docker.listSecrets();
  const secret: string | undefined = secrets[0]?.ID;
  const plugins: Docker.PluginInfo[] = await docker.listPlugins();
  const version: Docker.DockerVersion = await docker.version();
  const events = await docker.getEvents({ since: 1, filters: { type: ['container'], event: ['die'] } });
  console.log(
    details.Containers,
    mount,
    Volumes[0]?.Driver,
    service.id,
    spec?.Name,
    secret,
    plugins,
    version.ApiVersion,
    events,
  );
}

/** Subclasses and mocks, as programs write them. */
class Mine extends Docker {
  override getContainer(id: string): Docker.Container {
    return new Docker.Container(this.modem, `mine-${id}`);
  }
}

class Special extends Docker.Container {
  override async start(): Promise<any> {
    return super.start({});
  }
}

function isContainer(value: unknown): value is Docker.Container {
  return value instanceof Docker.Container;
}

docker.modem.dial({ path: '/x?', method: 'GET', options: { a: 1 }, statusCodes: { 200: true } }, (error, result) => [
  error,
  result,
]);

export { callbacks, containers, images, isContainer, Mine, other, rest, Special };
