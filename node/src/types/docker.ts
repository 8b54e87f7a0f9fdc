// The client.

import type { EventEmitter } from 'node:events';
import type {
  Container,
  ContainerClass,
  ContainerCreateOptions,
  ContainerInfo,
  ContainerListOptions,
  ContainerStartOptions,
} from './container';
import type {
  AbortOptions,
  AuthConfig,
  AuthConfigObject,
  Callback,
  DockerOptions,
  FileBody,
  Modem,
  WaitOptions,
} from './core';
import type { Exec, ExecClass } from './exec';
import type { Image, ImageBuildContext, ImageBuildOptions, ImageClass, ImageInfo, ListImagesOptions } from './image';
import type {
  Network,
  NetworkClass,
  NetworkCreateOptions,
  NetworkInspectInfo,
  NetworkListOptions,
  Volume,
  VolumeClass,
  VolumeCreateOptions,
  VolumeInspectInfo,
  VolumeListOptions,
  VolumePruneOptions,
} from './network';
import type { Plugin, PluginClass, PluginInfo } from './plugin';
import type { ConfigInfo, CreateServiceOptions, NodeListOptions, ServiceListOptions, ServiceSpec } from './swarm';
import type {
  Config,
  Node,
  NodeClass,
  Secret,
  SecretClass,
  Service,
  ServiceClass,
  Task,
  TaskClass,
} from './swarm-objects';
import type {
  DockerVersion,
  GetEventsOptions,
  PruneBuilderInfo,
  PruneBuilderOptions,
  PruneContainersInfo,
  PruneImagesInfo,
  PruneNetworksInfo,
  PruneVolumesInfo,
} from './system';
import type { Negotiation, Versions } from './versions';

type Output = NodeJS.WritableStream | NodeJS.WritableStream[];
type Volumes = { Volumes: VolumeInspectInfo[]; Warnings: string[] };

export interface Docker {
  modem: Modem;
  /** Which engine this client talks to, by which rule, and what was passed over: one sentence. Nothing is connected. */
  readonly endpoint: string;

  /** Closes idle connections and ends everything in flight; whatever is asked afterwards rejects. Also by `using` and `await using`. */
  close(): void;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * What the docker command line has stored for an image's registry, to be given as `authconfig`; undefined when there is nothing.
   * Reads `DOCKER_AUTH_CONFIG` and `config.json`, and runs the credential helper that is named there for this registry. Rejects when
   * one of them cannot be used, or the helper gives no answer within `timeout` milliseconds (60 000).
   */
  credentials(image: string, options?: { timeout?: number }): Promise<AuthConfigObject | undefined>;
  /** Which API version is spoken with this engine, and why. Asks the engine when it has not said enough. */
  negotiation(): Promise<Negotiation>;

  createContainer(options: ContainerCreateOptions, callback: Callback<Container>): void;
  createContainer(options: ContainerCreateOptions): Promise<Container>;
  createImage(options: WaitOptions & Record<string, any>): Promise<any[]>;
  createImage(options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  createImage(auth: any, options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  createImage(options: {}): Promise<NodeJS.ReadableStream>;
  createImage(auth: any, options: {}): Promise<NodeJS.ReadableStream>;
  loadImage(file: FileBody, options: WaitOptions & Record<string, any>): Promise<any[]>;
  loadImage(file: FileBody, options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  loadImage(file: FileBody, callback: Callback<NodeJS.ReadableStream>): void;
  loadImage(file: FileBody, options?: {}): Promise<NodeJS.ReadableStream>;
  importImage(file: FileBody, options: WaitOptions & Record<string, any>): Promise<any[]>;
  importImage(file: FileBody, options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  importImage(file: FileBody, callback: Callback<NodeJS.ReadableStream>): void;
  importImage(file: FileBody, options?: {}): Promise<NodeJS.ReadableStream>;
  checkAuth(options: any, callback: Callback<any>): void;
  checkAuth(options: any): Promise<any>;
  buildImage(file: FileBody | ImageBuildContext, options: ImageBuildOptions & WaitOptions): Promise<any[]>;
  buildImage(
    file: FileBody | ImageBuildContext,
    options: ImageBuildOptions,
    callback: Callback<NodeJS.ReadableStream>,
  ): void;
  buildImage(file: FileBody | ImageBuildContext, callback: Callback<NodeJS.ReadableStream>): void;
  buildImage(file: FileBody | ImageBuildContext, options?: ImageBuildOptions): Promise<NodeJS.ReadableStream>;
  /** As `modem.followProgress`, with BuildKit's traces made readable. */
  followProgress(
    stream: NodeJS.ReadableStream,
    onFinished: (error: Error | null, result: any[]) => void,
    onProgress?: (event: any) => void,
  ): void;
  getContainer(id: string): Container;
  getImage(name: string): Image;
  getVolume(name: string): Volume;
  getService(id: string): Service;
  getTask(id: string): Task;
  getNode(id: string): Node;
  getNetwork(id: string): Network;
  getSecret(id: string): Secret;
  getExec(id: string): Exec;
  getConfig(id: string): Config;
  getPlugin(name: string, remote?: any): Plugin;
  listContainers(options: ContainerListOptions, callback: Callback<ContainerInfo[]>): void;
  listContainers(callback: Callback<ContainerInfo[]>): void;
  listContainers(options?: ContainerListOptions): Promise<ContainerInfo[]>;
  listImages(options: ListImagesOptions, callback: Callback<ImageInfo[]>): void;
  listImages(callback: Callback<ImageInfo[]>): void;
  listImages(options?: ListImagesOptions): Promise<ImageInfo[]>;
  getImages(options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  getImages(callback: Callback<NodeJS.ReadableStream>): void;
  getImages(options?: {}): Promise<NodeJS.ReadableStream>;
  listServices(options: ServiceListOptions, callback: Callback<Service[]>): void;
  listServices(callback: Callback<Service[]>): void;
  listServices(options?: ServiceListOptions): Promise<Service[]>;
  listNodes(options: NodeListOptions, callback: Callback<any[]>): void;
  listNodes(callback: Callback<any[]>): void;
  listNodes(options?: NodeListOptions): Promise<any[]>;
  listTasks(options: {}, callback: Callback<any[]>): void;
  listTasks(callback: Callback<any[]>): void;
  listTasks(options?: {}): Promise<any[]>;
  listSecrets(options: {}, callback: Callback<Secret[]>): void;
  listSecrets(callback: Callback<Secret[]>): void;
  listSecrets(options?: {}): Promise<Secret[]>;
  listPlugins(options: {}, callback: Callback<PluginInfo[]>): void;
  listPlugins(callback: Callback<PluginInfo[]>): void;
  listPlugins(options?: {}): Promise<PluginInfo[]>;
  listVolumes(options: VolumeListOptions, callback: Callback<Volumes>): void;
  listVolumes(callback: Callback<Volumes>): void;
  listVolumes(options?: VolumeListOptions): Promise<Volumes>;
  listNetworks(options: NetworkListOptions, callback: Callback<NetworkInspectInfo[]>): void;
  listNetworks(callback: Callback<NetworkInspectInfo[]>): void;
  listNetworks(options?: NetworkListOptions): Promise<NetworkInspectInfo[]>;
  listConfigs(options: {}, callback: Callback<ConfigInfo[]>): void;
  listConfigs(callback: Callback<ConfigInfo[]>): void;
  listConfigs(options?: {}): Promise<ConfigInfo[]>;
  createSecret(options: {}, callback: Callback<any>): void;
  createSecret(options: {}): Promise<any>;
  createConfig(options: {}, callback: Callback<any>): void;
  createConfig(options: {}): Promise<any>;
  createPlugin(options: {}, callback: Callback<any>): void;
  createPlugin(options: {}): Promise<any>;
  createVolume(options: VolumeCreateOptions, callback: Callback<Volume>): void;
  createVolume(callback: Callback<Volume>): void;
  createVolume(options?: VolumeCreateOptions): Promise<Volume>;
  createService(options: CreateServiceOptions, callback: Callback<Service>): void;
  createService(auth: AuthConfig, options: ServiceSpec, callback: Callback<Service>): void;
  createService(options: CreateServiceOptions): Promise<Service>;
  createService(auth: AuthConfig, options: ServiceSpec): Promise<Service>;
  createNetwork(options: NetworkCreateOptions, callback: Callback<Network>): void;
  createNetwork(options: NetworkCreateOptions): Promise<Network>;
  searchImages(options: {}, callback: Callback<any>): void;
  searchImages(options: {}): Promise<any>;
  pruneImages(options: {}, callback: Callback<PruneImagesInfo>): void;
  pruneImages(callback: Callback<PruneImagesInfo>): void;
  pruneImages(options?: {}): Promise<PruneImagesInfo>;
  pruneBuilder(options: PruneBuilderOptions, callback: Callback<PruneBuilderInfo>): void;
  pruneBuilder(callback: Callback<PruneBuilderInfo>): void;
  pruneBuilder(options?: PruneBuilderOptions): Promise<PruneBuilderInfo>;
  pruneContainers(options: {}, callback: Callback<PruneContainersInfo>): void;
  pruneContainers(callback: Callback<PruneContainersInfo>): void;
  pruneContainers(options?: {}): Promise<PruneContainersInfo>;
  pruneVolumes(options: VolumePruneOptions, callback: Callback<PruneVolumesInfo>): void;
  pruneVolumes(callback: Callback<PruneVolumesInfo>): void;
  pruneVolumes(options?: VolumePruneOptions): Promise<PruneVolumesInfo>;
  pruneNetworks(options: {}, callback: Callback<PruneNetworksInfo>): void;
  pruneNetworks(callback: Callback<PruneNetworksInfo>): void;
  pruneNetworks(options?: {}): Promise<PruneNetworksInfo>;
  info(options: AbortOptions, callback: Callback<any>): void;
  info(callback: Callback<any>): void;
  info(options?: AbortOptions): Promise<any>;
  df(options: AbortOptions, callback: Callback<any>): void;
  df(callback: Callback<any>): void;
  df(options?: AbortOptions): Promise<any>;
  version(options: AbortOptions, callback: Callback<DockerVersion>): void;
  version(callback: Callback<DockerVersion>): void;
  version(options?: AbortOptions): Promise<DockerVersion>;
  ping(options: AbortOptions, callback: Callback<any>): void;
  ping(callback: Callback<any>): void;
  ping(options?: AbortOptions): Promise<any>;
  getEvents(options: GetEventsOptions, callback: Callback<NodeJS.ReadableStream>): void;
  getEvents(callback: Callback<NodeJS.ReadableStream>): void;
  getEvents(options?: GetEventsOptions): Promise<NodeJS.ReadableStream>;
  pull(repoTag: string, options: WaitOptions & Record<string, any>, callback?: undefined, auth?: {}): Promise<any[]>;
  pull(repoTag: string, options: {}, callback: Callback<NodeJS.ReadableStream>, auth?: {}): Image;
  pull(repoTag: string, callback: Callback<NodeJS.ReadableStream>): Image;
  pull(repoTag: string, options?: {}, callback?: undefined, auth?: {}): Promise<NodeJS.ReadableStream>;
  pullAll(repoTag: string, options: WaitOptions & Record<string, any>, callback?: undefined, auth?: {}): Promise<any[]>;
  pullAll(repoTag: string, options: {}, callback: Callback<NodeJS.ReadableStream>, auth?: {}): Image;
  pullAll(repoTag: string, options?: {}, callback?: undefined, auth?: {}): Promise<NodeJS.ReadableStream>;
  run(
    image: string,
    cmd: string[],
    output: Output,
    createOptions: ContainerCreateOptions,
    startOptions: ContainerStartOptions,
    callback: Callback<any>,
  ): EventEmitter;
  run(
    image: string,
    cmd: string[],
    output: Output,
    createOptions: ContainerCreateOptions,
    callback: Callback<any>,
  ): EventEmitter;
  run(image: string, cmd: string[], output: Output, callback: Callback<any>): EventEmitter;
  run(
    image: string,
    cmd: string[],
    output: Output,
    createOptions?: ContainerCreateOptions,
    startOptions?: ContainerStartOptions,
  ): Promise<any>;
  swarmInit(options: {}, callback: Callback<any>): void;
  swarmInit(options: {}): Promise<any>;
  swarmJoin(options: {}, callback: Callback<any>): void;
  swarmJoin(options: {}): Promise<any>;
  swarmLeave(options: {}, callback: Callback<any>): void;
  swarmLeave(callback: Callback<any>): void;
  swarmLeave(options?: {}): Promise<any>;
  swarmUpdate(options: {}, callback: Callback<any>): void;
  swarmUpdate(options: {}): Promise<any>;
  swarmInspect(options: AbortOptions, callback: Callback<any>): void;
  swarmInspect(callback: Callback<any>): void;
  swarmInspect(options?: AbortOptions): Promise<any>;
}

export interface DockerClass {
  new (options?: DockerOptions): Docker;
  (options?: DockerOptions): Docker;
  readonly prototype: Docker;
  Container: ContainerClass;
  Image: ImageClass;
  Volume: VolumeClass;
  Network: NetworkClass;
  Service: ServiceClass;
  Plugin: PluginClass;
  Secret: SecretClass;
  Task: TaskClass;
  Node: NodeClass;
  Exec: ExecClass;
  /** What API versions know: the checker by itself. */
  versions: Versions;
}
