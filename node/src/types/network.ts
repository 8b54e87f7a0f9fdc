// Networks and volumes.

import type { AbortOptions, Callback, Loose } from './core';

export interface Network {
  modem: any;
  id: string;
  /** A plugin's network setting shares this name. */
  Type: string;

  inspect(options: NetworkInspectOptions, callback: Callback<NetworkInspectInfo>): void;
  inspect(callback: Callback<NetworkInspectInfo>): void;
  inspect(options?: NetworkInspectOptions): Promise<NetworkInspectInfo>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
  connect(options: NetworkConnectOptions, callback: Callback<any>): void;
  connect(callback: Callback<any>): void;
  connect(options?: NetworkConnectOptions): Promise<any>;
  disconnect(options: {}, callback: Callback<any>): void;
  disconnect(callback: Callback<any>): void;
  disconnect(options?: {}): Promise<any>;
}

export interface NetworkClass {
  new (modem: any, id: string): Network;
  readonly prototype: Network;
}

export interface Volume {
  modem: any;
  name: string;

  inspect(options: {}, callback: Callback<VolumeInspectInfo>): void;
  inspect(callback: Callback<VolumeInspectInfo>): void;
  inspect(options?: {}): Promise<VolumeInspectInfo>;
  remove(options: VolumeRemoveOptions, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: VolumeRemoveOptions): Promise<any>;
}

export interface VolumeClass {
  new (modem: any, name: string): Volume;
  readonly prototype: Volume;
}

export interface NetworkInspectOptions extends Loose<{ verbose: boolean; scope: string }> {}
export interface NetworkListOptions
  extends Loose<{ filters: string | { [key: string]: string[] }; abortSignal: AbortSignal }> {}

export interface NetworkConnectOptions extends Loose<{ Container: string; EndpointConfig: EndpointSettings }> {}

export interface NetworkInfo {
  IPAMConfig?: any;
  Links?: any;
  Aliases?: any;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  MacAddress: string;
}

export interface IPAM {
  Driver?: string;
  Options?: { [key: string]: string } | undefined;
  Config?:
    | Array<
        Loose<{
          Subnet: string;
          IPRange: string;
          Gateway: string;
          AuxiliaryAddresses: Partial<{ [host: string]: string }>;
        }>
      >
    | undefined;
}

export interface IPAMConfig extends Loose<{ IPv4Address: string; IPv6Address: string; LinkLocalIPs: string[] }> {}

export interface EndpointSettings
  extends Loose<{
    IPAMConfig: IPAMConfig;
    Links: string[];
    Aliases: string[];
    NetworkID: string;
    EndpointID: string;
    Gateway: string;
    IPAddress: string;
    IPPrefixLen: number;
    IPv6Gateway: string;
    GlobalIPv6Address: string;
    GlobalIPV6PrefixLen: number;
    MacAddress: string;
    DriverOpts: { [key: string]: string };
  }> {}

export interface EndpointsConfig {
  [key: string]: EndpointSettings;
}

export interface NetworkContainer {
  Name: string;
  EndpointID: string;
  MacAddress: string;
  IPv4Address: string;
  IPv6Address: string;
}

export interface NetworkInspectInfo {
  Name: string;
  Id: string;
  Created: string;
  Scope: string;
  Driver: string;
  EnableIPv6: boolean;
  IPAM?: IPAM | undefined;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom?: { Network: string } | undefined;
  ConfigOnly: boolean;
  Containers?: { [id: string]: NetworkContainer } | undefined;
  Options?: { [key: string]: string } | undefined;
  Labels?: { [key: string]: string } | undefined;
}

export interface NetworkCreateOptions
  extends Loose<{
    CheckDuplicate: boolean;
    Driver: string;
    Scope: string;
    EnableIPv4: boolean;
    EnableIPv6: boolean;
    IPAM: IPAM;
    Internal: boolean;
    Attachable: boolean;
    Ingress: boolean;
    ConfigOnly: boolean;
    ConfigFrom: { Network: string };
    Options: { [option: string]: string };
    Labels: { [label: string]: string };
    abortSignal: AbortSignal;
  }> {
  Name: string;
}

export interface VolumeRemoveOptions extends Loose<{ force: boolean; abortSignal: AbortSignal }> {}
export interface VolumePruneOptions extends AbortOptions {
  filters?: string | { [key: string]: string[] };
}
export interface VolumeListOptions extends AbortOptions {
  filters?: string | { [key: string]: string[] };
  digests?: boolean;
}
export interface VolumeCreateOptions
  extends Loose<{
    Name: string;
    Driver: string;
    DriverOpts: { [key: string]: string };
    Labels: { [label: string]: string };
    abortSignal: AbortSignal;
  }> {}

/** Present only where the engine was asked for it, and null where it does not know. */
export type VolumeUsage = { Size: number; RefCount: number } | null | undefined;

export interface VolumeCreateResponse {
  Name: string;
  Driver: string;
  Mountpoint: string;
  CreatedAt?: string | undefined;
  Status?: { [key: string]: string } | undefined;
  Labels: { [label: string]: string };
  Scope: string;
  Options: { [key: string]: string };
  UsageData?: VolumeUsage;
}

export interface VolumeInspectInfo {
  Name: string;
  Driver: string;
  Mountpoint: string;
  CreatedAt?: string | undefined;
  Status?: { [key: string]: string } | undefined;
  Labels: { [key: string]: string };
  Scope: 'local' | 'global';
  Options: { [key: string]: string } | null;
  UsageData?: VolumeUsage;
}
