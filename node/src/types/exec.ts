// Exec instances.

import type { Duplex } from 'node:stream';
import type { AbortOptions, Callback, Loose } from './core';

export interface Exec {
  modem: any;
  id: string;

  inspect(options: ExecInspectOptions, callback: Callback<ExecInspectInfo>): void;
  inspect(callback: Callback<ExecInspectInfo>): void;
  inspect(options?: ExecInspectOptions): Promise<ExecInspectInfo>;
  start(options: ExecStartOptions, callback: Callback<Duplex>): void;
  start(callback: Callback<Duplex>): void;
  start(options?: ExecStartOptions): Promise<Duplex>;
  resize(options: {}, callback: Callback<any>): void;
  resize(options: {}): Promise<any>;
}

export interface ExecClass {
  new (modem: any, id: string): Exec;
  readonly prototype: Exec;
}

export interface ExecCreateOptions
  extends Loose<{
    AttachStdin: boolean;
    AttachStdout: boolean;
    AttachStderr: boolean;
    DetachKeys: string;
    Tty: boolean;
    Env: string[];
    Cmd: string[];
    Privileged: boolean;
    User: string;
    WorkingDir: string;
    ConsoleSize: [number, number];
    abortSignal: AbortSignal;
  }> {}

/** `hijack` and `stdin` say how to connect; the rest goes to the engine. */
export interface ExecStartOptions
  extends Loose<{ hijack: boolean; stdin: boolean; Detach: boolean; Tty: boolean; abortSignal: AbortSignal }> {}

export interface ExecInspectOptions extends AbortOptions {}

export interface ExecInspectInfo {
  CanRemove: boolean;
  DetachKeys: string;
  ID: string;
  Running: boolean;
  ExitCode: number | null;
  ProcessConfig: { privileged: boolean; user: string; tty: boolean; entrypoint: string; arguments: string[] };
  OpenStdin: boolean;
  OpenStderr: boolean;
  OpenStdout: boolean;
  ContainerID: string;
  Pid: number;
}
