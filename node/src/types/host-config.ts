// What a container is created with on the host's side: resources, mounts, devices, restart, logging.

import type { Loose } from './core';

export interface HealthConfig
  extends Loose<{
    Test: string[];
    Interval: number;
    Timeout: number;
    StartPeriod: number;
    StartInterval: number;
    Retries: number;
  }> {}

export interface PortBinding extends Loose<{ HostIp: string; HostPort: string }> {}

export interface PortMap {
  [key: string]: PortBinding[];
}

export interface HostRestartPolicy {
  Name: string;
  MaximumRetryCount?: number | undefined;
}

export type LoggingDriverType =
  | 'json-file'
  | 'syslog'
  | 'journald'
  | 'gelf'
  | 'fluentd'
  | 'awslogs'
  | 'splunk'
  | 'etwlogs'
  | 'none';

export interface LogConfig {
  Type: LoggingDriverType;
  Config?: { [key: string]: string } | undefined;
}

export interface DeviceMapping {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

export interface DeviceRequest
  extends Loose<{
    Driver: string;
    Count: number;
    DeviceIDs: string[];
    Capabilities: string[][];
    Options: { [key: string]: string };
  }> {}

export interface Ulimit extends Loose<{ Name: string; Hard: number; Soft: number }> {}

export type MountType = 'bind' | 'volume' | 'tmpfs' | 'image';
export type MountConsistency = 'default' | 'consistent' | 'cached' | 'delegated';
export type MountPropagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';

export interface MountSettings {
  Target: string;
  Source: string;
  Type: MountType;
  ReadOnly?: boolean | undefined;
  Consistency?: MountConsistency | undefined;
  BindOptions?: { Propagation: MountPropagation } | undefined;
  VolumeOptions?:
    | {
        NoCopy: boolean;
        Labels: { [label: string]: string };
        DriverConfig: { Name: string; Options: { [option: string]: string } };
        Subpath?: string;
      }
    | undefined;
  TmpfsOptions?: { SizeBytes: number; Mode: number } | undefined;
  ImageOptions?: { Subpath?: string } | undefined;
}

export type MountConfig = MountSettings[];

interface Resources {
  CpuShares: number;
  CgroupParent: string;
  BlkioWeight: number;
  BlkioWeightDevice: any;
  BlkioDeviceReadBps: any;
  BlkioDeviceWriteBps: any;
  BlkioDeviceReadIOps: any;
  BlkioDeviceWriteIOps: any;
  CpuPeriod: number;
  CpuQuota: number;
  CpusetCpus: string;
  CpusetMems: string;
  Devices: any;
  DeviceCgroupRules: string[];
  DeviceRequests: DeviceRequest[];
  DiskQuota: number;
  KernelMemory: number;
  Memory: number;
  MemoryReservation: number;
  MemorySwap: number;
  MemorySwappiness: number;
  NanoCpus: number;
  OomKillDisable: boolean;
  Init: boolean;
  PidsLimit: number;
  Ulimits: Ulimit[];
  CpuCount: number;
  CpuPercent: number;
  CpuRealtimePeriod: number;
  CpuRealtimeRuntime: number;
}

interface Host {
  AutoRemove: boolean;
  Binds: string[];
  ContainerIDFile: string;
  LogConfig: { Type: string; Config: any };
  NetworkMode: string;
  PortBindings: any;
  RestartPolicy: HostRestartPolicy;
  VolumeDriver: string;
  VolumesFrom: any;
  Mounts: MountConfig;
  CapAdd: any;
  CapDrop: any;
  Dns: any[];
  DnsOptions: any[];
  DnsSearch: string[];
  ExtraHosts: any;
  GroupAdd: string[];
  IpcMode: string;
  Cgroup: string;
  CgroupnsMode: string;
  Links: any;
  OomScoreAdj: number;
  PidMode: string;
  Privileged: boolean;
  PublishAllPorts: boolean;
  ReadonlyRootfs: boolean;
  SecurityOpt: any;
  StorageOpt: { [option: string]: string };
  Tmpfs: { [dir: string]: string };
  UTSMode: string;
  UsernsMode: string;
  ShmSize: number;
  Sysctls: { [index: string]: string };
  Runtime: string;
  ConsoleSize: number[];
  Isolation: string;
  MaskedPaths: string[];
  ReadonlyPaths: string[];
}

export interface HostConfig extends Loose<Host & Resources> {}
