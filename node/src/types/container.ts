// Containers: what their methods take and give. Fields come and go with API versions; unknown ones pass through at run time.

import type { AbortOptions, Callback, FileBody, Loose } from './core';
import type { Exec, ExecCreateOptions } from './exec';
import type { HealthConfig, HostConfig } from './host-config';
import type { EndpointsConfig, NetworkInfo } from './network';
import type { ContainerStats } from './stats';

export interface Container {
  modem: any;
  id: string;
  defaultOptions: Record<string, any>;

  inspect(options: ContainerInspectOptions, callback: Callback<ContainerInspectInfo>): void;
  inspect(callback: Callback<ContainerInspectInfo>): void;
  inspect(options?: ContainerInspectOptions): Promise<ContainerInspectInfo>;
  rename(options: {}, callback: Callback<any>): void;
  rename(options: {}): Promise<any>;
  update(options: {}, callback: Callback<any>): void;
  update(options: {}): Promise<any>;
  top(options: {}, callback: Callback<any>): void;
  top(callback: Callback<any>): void;
  top(options?: {}): Promise<any>;
  changes(options: {}, callback: Callback<any>): void;
  changes(callback: Callback<any>): void;
  changes(options?: {}): Promise<any>;
  listCheckpoint(options: {}, callback: Callback<any>): void;
  listCheckpoint(callback: Callback<any>): void;
  listCheckpoint(options?: {}): Promise<any>;
  deleteCheckpoint(checkpoint: string, options: {}, callback: Callback<any>): void;
  deleteCheckpoint(checkpoint: string, callback: Callback<any>): void;
  deleteCheckpoint(checkpoint: string, options?: {}): Promise<any>;
  createCheckpoint(options: {}, callback: Callback<any>): void;
  createCheckpoint(callback: Callback<any>): void;
  createCheckpoint(options?: {}): Promise<any>;
  export(options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  export(callback: Callback<NodeJS.ReadableStream>): void;
  export(options?: {}): Promise<NodeJS.ReadableStream>;
  start(options: ContainerStartOptions, callback: Callback<any>): void;
  start(callback: Callback<any>): void;
  start(options?: ContainerStartOptions): Promise<any>;
  pause(options: {}, callback: Callback<any>): void;
  pause(callback: Callback<any>): void;
  pause(options?: {}): Promise<any>;
  unpause(options: {}, callback: Callback<any>): void;
  unpause(callback: Callback<any>): void;
  unpause(options?: {}): Promise<any>;
  exec(options: ExecCreateOptions, callback: Callback<Exec>): void;
  exec(options: ExecCreateOptions): Promise<Exec>;
  commit(options: {}, callback: Callback<any>): void;
  commit(callback: Callback<any>): void;
  commit(options?: {}): Promise<any>;
  stop(options: ContainerStopOptions, callback: Callback<any>): void;
  stop(callback: Callback<any>): void;
  stop(options?: ContainerStopOptions): Promise<any>;
  restart(options: {}, callback: Callback<any>): void;
  restart(callback: Callback<any>): void;
  restart(options?: {}): Promise<any>;
  kill(options: {}, callback: Callback<any>): void;
  kill(callback: Callback<any>): void;
  kill(options?: {}): Promise<any>;
  resize(options: {}, callback: Callback<any>): void;
  resize(callback: Callback<any>): void;
  resize(options?: {}): Promise<any>;
  wait(options: ContainerWaitOptions, callback: Callback<any>): void;
  wait(callback: Callback<any>): void;
  wait(options?: ContainerWaitOptions): Promise<any>;
  remove(options: ContainerRemoveOptions, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: ContainerRemoveOptions): Promise<any>;
  /** @deprecated Removed from the engine after API 1.23. */
  copy(options: {}, callback: Callback<any>): void;
  copy(callback: Callback<any>): void;
  copy(options?: {}): Promise<any>;
  getArchive(options: {}, callback: Callback<NodeJS.ReadableStream>): void;
  getArchive(options: {}): Promise<NodeJS.ReadableStream>;
  infoArchive(options: {}, callback: Callback<any>): void;
  infoArchive(options: {}): Promise<any>;
  putArchive(file: FileBody, options: {}, callback: Callback<NodeJS.WritableStream>): void;
  putArchive(file: FileBody, options: {}): Promise<NodeJS.ReadWriteStream>;
  /** Line by line: `for await (const { stream, line, time } of container.logs({ follow: true, lines: true }))`. */
  logs(options: ContainerLogsOptions & { lines: true }): AsyncIterableIterator<LogLine>;
  logs(options: ContainerLogsOptions & { follow?: false }, callback: Callback<Buffer>): void;
  logs(options: ContainerLogsOptions & { follow: true }, callback: Callback<NodeJS.ReadableStream>): void;
  logs(callback: Callback<Buffer>): void;
  logs(options?: ContainerLogsOptions & { follow?: false }): Promise<Buffer>;
  logs(options?: ContainerLogsOptions & { follow: true }): Promise<NodeJS.ReadableStream>;
  stats(options: ContainerStatsOptions & { stream?: false }, callback: Callback<ContainerStats>): void;
  stats(options: ContainerStatsOptions & { stream: true }, callback: Callback<NodeJS.ReadableStream>): void;
  stats(callback: Callback<ContainerStats>): void;
  stats(options?: ContainerStatsOptions & { stream?: false }): Promise<ContainerStats>;
  stats(options?: ContainerStatsOptions & { stream: true }): Promise<NodeJS.ReadableStream>;
  attach(options: ContainerAttachOptions, callback: Callback<NodeJS.ReadWriteStream>): void;
  attach(options: ContainerAttachOptions): Promise<NodeJS.ReadWriteStream>;
}

export interface ContainerClass {
  new (modem: any, id: string): Container;
  readonly prototype: Container;
}

export interface ContainerInspectOptions extends Loose<{ size: boolean; abortSignal: AbortSignal }> {}
export interface ContainerStartOptions extends Loose<{ detachKeys: string; abortSignal: AbortSignal }> {}
/** `t`: seconds before the container is killed. */
export interface ContainerStopOptions extends Loose<{ signal: string; t: number; abortSignal: AbortSignal }> {}
export interface ContainerRemoveOptions
  extends Loose<{ v: boolean; force: boolean; link: boolean; abortSignal: AbortSignal }> {}
export interface ContainerStatsOptions extends Loose<{ 'one-shot': boolean; abortSignal: AbortSignal }> {}

export interface ContainerWaitOptions extends AbortOptions {
  condition?: 'not-running' | 'next-exit' | 'removed' | undefined;
}

/** One line of a container's output, without its newline. */
export interface LogLine {
  stream: 'stdout' | 'stderr';
  line: string;
  /** When, to the nanosecond, as the engine writes it (RFC 3339): good for `since`. */
  time: string | undefined;
}

export interface ContainerLogsOptions
  extends Loose<{
    stdout: boolean;
    stderr: boolean;
    follow: boolean;
    since: number | string;
    until: number | string;
    details: boolean;
    tail: number;
    timestamps: boolean;
    abortSignal: AbortSignal;
  }> {}

export interface ContainerAttachOptions
  extends Loose<{
    detachKeys: string;
    hijack: boolean;
    logs: boolean;
    stream: boolean;
    stdin: boolean;
    stdout: boolean;
    stderr: boolean;
    abortSignal: AbortSignal;
  }> {}

export interface ContainerListOptions
  extends Loose<{
    all: boolean;
    /** Only the newest so many, running or not. */
    limit: number;
    size: boolean;
    filters: string | { [key: string]: string[] };
    abortSignal: AbortSignal;
  }> {}

export interface ContainerCreateOptions
  extends Loose<{
    name: string;
    platform: string;
    Hostname: string;
    Domainname: string;
    User: string;
    ArgsEscaped: boolean;
    AttachStdin: boolean;
    AttachStdout: boolean;
    AttachStderr: boolean;
    Tty: boolean;
    OpenStdin: boolean;
    StdinOnce: boolean;
    Env: string[];
    Cmd: string[];
    Entrypoint: string | string[];
    Image: string;
    Labels: { [label: string]: string };
    Volumes: { [volume: string]: {} };
    WorkingDir: string;
    NetworkDisabled: boolean;
    MacAddress: string;
    ExposedPorts: { [port: string]: {} };
    StopSignal: string;
    StopTimeout: number;
    Healthcheck: HealthConfig;
    HostConfig: HostConfig;
    OnBuild: string[];
    Shell: string[];
    NetworkingConfig: Loose<{ EndpointsConfig: EndpointsConfig }>;
    abortSignal: AbortSignal;
  }> {}

export interface Port {
  IP: string;
  PrivatePort: number;
  PublicPort: number;
  Type: string;
}

/** A mount as lists show it. */
export interface MountPoint {
  Name?: string | undefined;
  Type: string;
  Source: string;
  Destination: string;
  Driver?: string | undefined;
  Mode: string;
  RW: boolean;
  Propagation: string;
}

export interface ContainerInfo {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Command: string;
  Created: number;
  Ports: Port[];
  Labels: { [label: string]: string };
  State: string;
  Status: string;
  HostConfig: { NetworkMode: string };
  NetworkSettings: { Networks: { [networkType: string]: NetworkInfo } };
  Mounts: MountPoint[];
}

export interface ContainerState {
  Status: string;
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  Health?:
    | {
        Status: string;
        FailingStreak: number;
        Log: Array<{ Start: string; End: string; ExitCode: number; Output: string }>;
      }
    | undefined;
}

/** The configuration a container runs with, and an image carries. */
export interface ContainerConfig {
  Hostname: string;
  Domainname: string;
  User: string;
  AttachStdin: boolean;
  AttachStdout: boolean;
  AttachStderr: boolean;
  ExposedPorts: { [portAndProtocol: string]: {} };
  Tty: boolean;
  OpenStdin: boolean;
  StdinOnce: boolean;
  Env: string[];
  Cmd: string[];
  Image: string;
  Volumes: { [volume: string]: {} };
  WorkingDir: string;
  Entrypoint?: string | string[] | undefined;
  OnBuild?: any;
  Labels: { [label: string]: string };
  Healthcheck?: HealthConfig | undefined;
}

export interface GraphDriver {
  Name: string;
  Data: { DeviceId: string; DeviceName: string; DeviceSize: string };
}

export interface ContainerInspectInfo {
  Id: string;
  Created: string;
  Path: string;
  Args: string[];
  State: ContainerState;
  Image: string;
  ResolvConfPath: string;
  HostnamePath: string;
  HostsPath: string;
  LogPath: string;
  Name: string;
  RestartCount: number;
  Driver: string;
  Platform: string;
  MountLabel: string;
  ProcessLabel: string;
  AppArmorProfile: string;
  ExecIDs?: string[] | undefined;
  HostConfig: HostConfig;
  GraphDriver: GraphDriver;
  /** Only with the option `size`. */
  SizeRw?: number | undefined;
  SizeRootFs?: number | undefined;
  Mounts: Array<Omit<MountPoint, 'Type'> & { Type: 'bind' | 'volume' | 'image' | 'tmpfs' | 'npipe' | 'cluster' }>;
  Config: ContainerConfig;
  NetworkSettings: {
    SandboxID: string;
    Ports: { [portAndProtocol: string]: Array<{ HostIp: string; HostPort: string }> };
    SandboxKey: string;
    Networks: { [type: string]: NetworkInfo };
  };
}
