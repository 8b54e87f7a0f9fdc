// Plugins.

import type { Callback } from './core';
import type { Network } from './network';

export interface Plugin {
  modem: any;
  name: string;
  remote: any;

  inspect(options: {}, callback: Callback<PluginInspectInfo>): void;
  inspect(callback: Callback<PluginInspectInfo>): void;
  inspect(options?: {}): Promise<PluginInspectInfo>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
  privileges(options: {}, callback: Callback<any>): void;
  privileges(callback: Callback<any>): void;
  privileges(options?: {}): Promise<any>;
  pull(options: {}, callback: Callback<any>): void;
  pull(options: {}): Promise<any>;
  enable(options: {}, callback: Callback<any>): void;
  enable(callback: Callback<any>): void;
  enable(options?: {}): Promise<any>;
  disable(options: {}, callback: Callback<any>): void;
  disable(callback: Callback<any>): void;
  disable(options?: {}): Promise<any>;
  push(options: {}, callback: Callback<any>): void;
  push(callback: Callback<any>): void;
  push(options?: {}): Promise<any>;
  configure(options: {}, callback: Callback<any>): void;
  configure(callback: Callback<any>): void;
  configure(options?: {}): Promise<any>;
  upgrade(auth: any, options: {}, callback: Callback<any>): void;
  upgrade(auth: any, callback: Callback<any>): void;
  upgrade(auth: any, options?: {}): Promise<any>;
}

export interface PluginClass {
  new (modem: any, name: string, remote?: any): Plugin;
  readonly prototype: Plugin;
}

export interface PluginInfo {
  Id?: string | undefined;
  Name: string;
  Enabled: boolean;
  Settings: PluginSettings;
  PluginReference?: string | undefined;
  Config: PluginConfig;
}

export type PluginInspectInfo = PluginInfo;

export interface PluginSettings {
  Mounts: PluginMount[];
  Env: string[];
  Args: string[];
  Devices: PluginDevice[];
}

export interface PluginConfig {
  Description: string;
  Documentation: string;
  Interface: any;
  Entrypoint: string[];
  WorkDir: string;
  User?: User | undefined;
  Network: Network;
  Linux: Linux;
  PropagatedMount: string;
  Mounts: PluginMount[];
  Env: PluginEnv[];
  Args: Args;
  rootfs: any;
}

export interface Interface {
  Types: PluginInterfaceType[];
  Socket: string;
}

export interface PluginInterfaceType {
  Prefix: string;
  Capability: string;
  Version: string;
}

/** What every settable part of a plugin has. */
export interface PluginPart {
  Name: string;
  Description: string;
  Settable: string[];
}

export interface PluginMount extends PluginPart {
  Source: string;
  Destination: string;
  Type: string;
  Options: string[];
}

export interface PluginDevice extends PluginPart {
  Path: string;
}

export interface PluginEnv extends PluginPart {
  Value: string;
}

export interface Args extends PluginPart {
  Value: string;
}

export interface Linux {
  Capabilities: string[];
  AllowAllDevices: boolean;
  Devices: PluginDevice[];
}

export interface User {
  UID: number;
  GID: number;
}
