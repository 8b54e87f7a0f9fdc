// Objects of a swarm: services, tasks, nodes, secrets, configs. Lists give their data, `get…` gives their methods;
// the original's types give both one name, and so do these.

import type { ContainerLogsOptions } from './container';
import type { Callback } from './core';
import type { ConfigInfo, Meta, SecretSpec, ServiceData } from './swarm';

export interface Service extends ServiceData {
  modem: any;
  id: string;

  inspect(options: {}, callback: Callback<any>): void;
  inspect(callback: Callback<any>): void;
  inspect(options?: {}): Promise<any>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
  update(options: {}, callback: Callback<any>): void;
  update(auth: any, options: {}, callback: Callback<any>): void;
  update(options: {}): Promise<any>;
  update(auth: any, options: {}): Promise<any>;
  logs(options: ContainerLogsOptions, callback: Callback<NodeJS.ReadableStream>): void;
  logs(callback: Callback<NodeJS.ReadableStream>): void;
  logs(options?: ContainerLogsOptions): Promise<NodeJS.ReadableStream>;
}

export interface ServiceClass {
  new (modem: any, id: string): Service;
  readonly prototype: Service;
}

export interface Task {
  modem: any;
  id: string;
  defaultOptions: Record<string, any>;

  inspect(options: {}, callback: Callback<any>): void;
  inspect(callback: Callback<any>): void;
  inspect(options?: {}): Promise<any>;
  logs(options: ContainerLogsOptions, callback: Callback<NodeJS.ReadableStream>): void;
  logs(callback: Callback<NodeJS.ReadableStream>): void;
  logs(options?: ContainerLogsOptions): Promise<NodeJS.ReadableStream>;
}

export interface TaskClass {
  new (modem: any, id: string): Task;
  readonly prototype: Task;
}

export interface Node {
  modem: any;
  id: string;

  inspect(options: {}, callback: Callback<any>): void;
  inspect(callback: Callback<any>): void;
  inspect(options?: {}): Promise<any>;
  update(options: {}, callback: Callback<any>): void;
  update(callback: Callback<any>): void;
  update(options?: {}): Promise<any>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
}

export interface NodeClass {
  new (modem: any, id: string): Node;
  readonly prototype: Node;
}

export interface Secret extends Meta {
  modem: any;
  id: string;
  ID: string;
  Spec?: SecretSpec | undefined;

  inspect(options: {}, callback: Callback<Secret>): void;
  inspect(callback: Callback<Secret>): void;
  inspect(options?: {}): Promise<Secret>;
  update(options: {}, callback: Callback<any>): void;
  update(callback: Callback<any>): void;
  update(options?: {}): Promise<any>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
}

export interface SecretClass {
  new (modem: any, id: string): Secret;
  readonly prototype: Secret;
}

export interface Config {
  modem: any;
  id: string;

  inspect(options: {}, callback: Callback<ConfigInfo>): void;
  inspect(callback: Callback<ConfigInfo>): void;
  inspect(options?: {}): Promise<ConfigInfo>;
  update(options: {}, callback: Callback<any>): void;
  update(callback: Callback<any>): void;
  update(options?: {}): Promise<any>;
  remove(options: {}, callback: Callback<any>): void;
  remove(callback: Callback<any>): void;
  remove(options?: {}): Promise<any>;
}

export interface ConfigClass {
  new (modem: any, id: string): Config;
  readonly prototype: Config;
}
