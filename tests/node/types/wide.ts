// More of what programs typed against @types/dockerode write: classes as types, options by name, callbacks, streams, swarm. Each line
// compiles against @types/dockerode, too.

import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import Dockerode from 'dockerode';

/** A service that holds a client, as servers and test tools have it. */
export class Harbour {
  private readonly docker: Dockerode;
  private readonly containers = new Map<string, Dockerode.Container>();

  constructor(options?: Dockerode.DockerOptions) {
    this.docker = new Dockerode(options ?? { host: process.env.HOST ?? 'localhost', port: process.env.PORT ?? 2375 });
  }

  async run(image: string, options: Partial<Dockerode.ContainerCreateOptions> = {}): Promise<Dockerode.Container> {
    const create: Dockerode.ContainerCreateOptions = {
      ...options,
      Image: image,
      Env: ['A=b'],
      Labels: { 'org.example': 'x' },
      Tty: false,
      OpenStdin: true,
      WorkingDir: '/w',
      Entrypoint: ['sh', '-c'],
      StopSignal: 'SIGTERM',
      User: '1000:1000',
      Hostname: 'h',
      Volumes: { '/data': {} },
      HostConfig: {
        ...options.HostConfig,
        Memory: 1 << 20,
        NanoCpus: 1e9,
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
        Mounts: [{ Target: '/m', Source: 'v', Type: 'volume', ReadOnly: true }],
        PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] },
        ExtraHosts: ['host.docker.internal:host-gateway'],
        Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        CapAdd: ['SYS_ADMIN'],
        SecurityOpt: ['seccomp=unconfined'],
        Tmpfs: { '/t': 'size=1m' },
        Privileged: false,
        NetworkMode: 'bridge',
        Init: true,
        DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }],
      },
    };
    const container = await this.docker.createContainer(create);
    this.containers.set(container.id, container);
    await container.start();
    return container;
  }

  async find(name: string): Promise<Dockerode.ContainerInfo | undefined> {
    const all = await this.docker.listContainers({ all: true, filters: JSON.stringify({ name: [name] }) });
    return all.find((one) => one.Names.some((known) => known === `/${name}`) && one.State === 'running');
  }

  async ports(container: Dockerode.Container): Promise<Array<[string, string]>> {
    const { NetworkSettings, HostConfig, Config, State, Mounts }: Dockerode.ContainerInspectInfo =
      await container.inspect();
    const found: Array<[string, string]> = [];
    for (const [port, bindings] of Object.entries(NetworkSettings.Ports)) {
      for (const { HostIp, HostPort } of bindings ?? []) found.push([port, `${HostIp}:${HostPort}`]);
    }
    console.log(HostConfig.Memory, Config.Labels.x, State.ExitCode, State.StartedAt, Mounts[0]?.Destination);
    const network: Dockerode.NetworkInfo | undefined = NetworkSettings.Networks.bridge;
    console.log(network?.IPAddress, network?.NetworkID, network?.Aliases);
    return found;
  }

  async execute(container: Dockerode.Container, command: string[]): Promise<{ code: number; output: string }> {
    const options: Dockerode.ExecCreateOptions = {
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
      Env: ['A=b'],
      User: 'root',
      WorkingDir: '/',
      Privileged: true,
    };
    const exec: Dockerode.Exec = await container.exec(options);
    const stream = await exec.start({ Detach: false, Tty: false } satisfies Dockerode.ExecStartOptions);
    let output = '';
    stream.on('data', (part: Buffer) => {
      output += part.toString('utf8');
    });
    await new Promise<void>((resolve, reject) => {
      stream.on('end', resolve);
      stream.on('error', reject);
    });
    const info: Dockerode.ExecInspectInfo = await exec.inspect();
    await exec.resize({ h: 24, w: 80 });
    return { code: info.ExitCode ?? -1, output };
  }

  async copy(container: Dockerode.Container): Promise<void> {
    await container.putArchive('a.tar', { path: '/', noOverwriteDirNonDir: 'true' });
    await container.putArchive(createReadStream('a.tar'), { path: '/' });
    await container.putArchive(Buffer.alloc(1), { path: '/' });
    (await container.getArchive({ path: '/x' })).pipe(createWriteStream('x.tar'));
    (await container.export()).pipe(createWriteStream('all.tar'));
    const image = await container.commit({ repo: 'a', tag: 'b', comment: 'c', pause: true });
    console.log(image.Id);
  }

  async life(container: Dockerode.Container): Promise<void> {
    await container.pause();
    await container.unpause();
    await container.restart({ t: 1 });
    await container.kill({ signal: 'SIGHUP' });
    await container.rename({ name: 'b' });
    await container.resize({ h: 1, w: 2 });
    const changes = await container.changes();
    const top = await container.top({ ps_args: 'aux' });
    const { StatusCode } = await container.wait();
    await container.update({ Memory: 1 });
    console.log(changes, top.Processes, StatusCode);
    await Promise.all([...this.containers.values()].map((one) => one.remove({ force: true })));
  }
}

export function pull(docker: Dockerode, image: string, auth?: Dockerode.AuthConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.pull(image, { authconfig: auth }, (error: Error | null, stream: NodeJS.ReadableStream | undefined) => {
      if (error || !stream) return reject(error);
      docker.modem.followProgress(stream, (failure) => (failure ? reject(failure) : resolve()));
    });
  });
}

export async function build(docker: Dockerode, context: NodeJS.ReadableStream): Promise<string> {
  const options: Dockerode.ImageBuildOptions = {
    t: 'a:b',
    dockerfile: 'Dockerfile',
    buildargs: { A: 'b' },
    labels: { a: 'b' },
    nocache: true,
    pull: true,
    rm: true,
    forcerm: true,
    target: 'stage',
    platform: 'linux/amd64',
    networkmode: 'host',
    remote: undefined as unknown as string,
  };
  const stream = await docker.buildImage(context, options);
  const events = await new Promise<any[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)), console.log);
  });
  const loaded = await docker.loadImage('a.tar', { quiet: true });
  const imported = await docker.importImage('a.tar', { repo: 'x' });
  console.log(loaded, imported);
  const image = docker.getImage('a:b');
  const history = await image.history();
  (await image.get()).pipe(process.stdout);
  const removed: Dockerode.ImageRemoveInfo[] = await image.remove({ force: true, noprune: false });
  return `${events.length} ${history.length} ${removed.length}`;
}

export async function watch(docker: Dockerode, signal: AbortSignal): Promise<void> {
  const options: Dockerode.GetEventsOptions = { filters: { event: ['start', 'die'], type: ['container'] } };
  const events = await docker.getEvents({ ...options, abortSignal: signal });
  events.on('data', (part) => console.log(JSON.parse(part.toString()).Action));
  const container = docker.getContainer('c');
  const options2: Dockerode.ContainerLogsOptions & { follow: true } = {
    follow: true,
    stdout: true,
    since: 1,
    tail: 10,
  };
  const logs = await container.logs({ ...options2, timestamps: true, abortSignal: signal });
  (logs as Readable).destroy();
  const attach: Dockerode.ContainerAttachOptions = { stream: true, stdin: true, stdout: true, hijack: true };
  container.attach(attach, (error, stream) => {
    if (error) throw error;
    stream?.end('x');
  });
  container.stats((error, stats) => console.log(error, stats?.memory_stats.limit));
  container.wait((error, data) => console.log(error, data?.StatusCode));
  container.remove((error) => console.log(error));
}

export async function swarm(docker: Dockerode): Promise<void> {
  const id: string = await docker.swarmInit({ ListenAddr: '0.0.0.0', AdvertiseAddr: 'eth0' });
  const state: string | undefined = (await docker.info()).Swarm?.LocalNodeState;
  const config: Dockerode.Config = await docker.createConfig({ Name: 'c', Data: 'eA==' });
  const secret = await docker.createSecret({ Name: 's', Data: 'eA==', Labels: { a: 'b' } });
  const service = docker.getService('s');
  const { Version, Spec } = await service.inspect();
  await service.update({ ...Spec, version: Version.Index });
  const tasks: any[] = await docker.listTasks({ filters: { service: ['s'] } });
  const nodes = await docker.listNodes();
  const node = docker.getNode('n');
  await node.update({ Availability: 'drain', version: 1 });
  const networks: Dockerode.NetworkInspectInfo[] = await docker.listNetworks({ filters: { driver: ['overlay'] } });
  const { ContainersDeleted, SpaceReclaimed } = await docker.pruneContainers({ filters: { until: ['1h'] } });
  const { VolumesDeleted } = await docker.pruneVolumes();
  const { NetworksDeleted } = await docker.pruneNetworks();
  await docker.swarmLeave({ force: true });
  console.log(id, state, config, secret, tasks, nodes, networks, ContainersDeleted, SpaceReclaimed, VolumesDeleted);
  console.log(NetworksDeleted, (await docker.df()).LayersSize, (await docker.ping()).toString());
}
