// Types of the modem and of what its `dial` takes: public, because programs call, stub and extend it.

import type { VersionPolicy } from './versions';

/** How every callback is called. */
export type Callback<T> = (error?: any, result?: T) => void;

/** What every call takes besides the engine's own options; none of it is sent. */
export interface CallOptions {
  /** In place of the client's `onVersionMismatch`. */
  onVersionMismatch?: VersionPolicy | undefined;
  /** In place of those of the client's limits that it names. */
  timeouts?: Timeouts | undefined;
  /**
   * Bytes: a stream's pieces are as large as they come, up to this many and 64 KiB, wherever the engine cut them; so much may wait
   * in the stream.
   */
  highWaterMark?: number | undefined;
}

/** The same members, each of which may be left out or undefined; with `abortSignal` among them, the options of a call. */
export type Loose<T> = { [K in keyof T]?: T[K] | undefined } & (T extends { abortSignal: AbortSignal }
  ? CallOptions
  : {});

/** `true` accepts a status; a string is the reason given for it. */
export interface StatusCodes {
  [statusCode: number]: string | boolean;
}

/** How much of a pull, push or load is done: bytes over all layers whose size is known, and how many layers there are. */
export interface ProgressTotal {
  current: number;
  total: number;
  layers: number;
  finished: number;
}

/** Waiting for the end of what a pull, push, load, import or build reports: its promise is one of the events. */
export interface WaitOptions
  extends Loose<{
    /** Hears every event, and the bytes summed over layers. */
    onProgress: (event: any, total: ProgressTotal) => void;
  }> {
  /** Settle when the work is done; reject when it failed, also when the engine says so inside the stream. */
  wait: true;
}

/** What can be sent as a body. */
export type FileBody = string | Buffer | NodeJS.ReadableStream;

/** What `modem.dial` takes; the options of a call may also stand among `options`. */
export interface DialOptions extends CallOptions {
  path: string;
  method?: string | undefined;
  headers?: Record<string, any> | undefined;
  /** Query and body at once, or `_query` and `_body` apart. */
  options?: Record<string, any> | undefined;
  authconfig?: Record<string, any> | undefined;
  registryconfig?: Record<string, any> | undefined;
  file?: FileBody | undefined;
  hijack?: boolean | undefined;
  openStdin?: boolean | undefined;
  isStream?: boolean | undefined;
  allowEmpty?: boolean | undefined;
  statusCodes?: StatusCodes | undefined;
  abortSignal?: AbortSignal | undefined;
  /** In place of the client's `retry`; 1 switches it off for this request. */
  retry?: number | RetryOptions | undefined;
}

/** Limits in milliseconds, one for each phase of a request. One that takes longer fails with the kind `timeout`, which names the phase. */
export interface Timeouts
  extends Loose<{
    /** Opening the connection, with TLS and ssh. */
    connect: number;
    /** From the request until its answer begins. */
    firstByte: number;
    /** Between two pieces of the answer. */
    idle: number;
    /** From the beginning to the end of the answer; of a stream, until the answer begins. */
    total: number;
  }> {}

/** How requests are repeated after failures that may pass. One that may have acted is never repeated. */
export interface RetryOptions
  extends Loose<{
    /** How often a request is sent at most, the first time included; 3. */
    attempts: number;
    /** Milliseconds before the second attempt; each later wait is doubled; 100. */
    backoff: number;
    /** The longest wait in milliseconds; 10 000. */
    maxBackoff: number;
    /** Shorten waits at random, by up to a half; true. */
    jitter: boolean;
    /** Kinds of error (`error.kind`) to repeat after; those that may pass by themselves (`error.retryable`) unless given. */
    kinds: string[];
  }> {}

/** A prepared request: what `buildRequest` takes, in the shape of Node's own request options. */
export interface RequestOptions {
  path: string;
  method?: string | undefined;
  headers: Record<string, any>;
  socketPath?: string | undefined;
  signal?: AbortSignal | undefined;
  [option: string]: any;
}

export type RequestCallback = (error: any, result?: any) => void;

export interface KeyObject {
  pem: string | Buffer;
  passphrase?: string | undefined;
}

type Pem = string | string[] | Buffer | Buffer[];

export interface ModemOptions
  extends Loose<{
    /** The socket's path, or a function that finds it. */
    socketPath: string | (() => string | Promise<string>);
    host: string;
    port: number | string;
    protocol: 'https' | 'http' | 'ssh';
    username: string;
    password: string;
    ca: Pem;
    cert: Pem;
    key: Pem | KeyObject[];
    /** The password of `key`, when that is encrypted. */
    passphrase: string;
    pathPrefix: string;
    headers: Record<string, any>;
    /** Milliseconds without progress after which a request fails. */
    timeout: number;
    /** Milliseconds until an answer must have begun. */
    connectionTimeout: number;
    /** Limits for each phase, in place of what `timeout` and `connectionTimeout` say of it. */
    timeouts: Timeouts;
    /** Put in front of every path, as `v1.43`. */
    version: string;
    sshAuthAgent: string;
    sshOptions: any;
    agentForward: boolean;
    checkServerIdentity: any;
    /** A custom agent: requests then go through Node's own http. */
    agent: any;
    /** Attempts, or a policy: repeats requests after failures that may pass. Off unless given. */
    retry: number | RetryOptions;
    /** What happens when the engine does not know a part of a request: `warn` unless DOCKLINE_ON_VERSION_MISMATCH says otherwise. */
    onVersionMismatch: VersionPolicy;
    /** `node` sends every request through Node's own http, for tools that intercept it. */
    transport: 'node';
    Promise: any;
  }> {}

export interface DockerOptions extends ModemOptions {
  /** A modem to use in place of a new one. */
  modem?: any;
}

type Signal = { abortSignal: AbortSignal };

/** Options of a method that takes nothing but a signal. */
export interface AbortOptions extends Loose<Signal> {}

export type AuthConfigKey = { key: string };
export type AuthConfigBase64 = { base64: string };
export interface AuthConfigObject
  extends Loose<{
    username: string;
    password: string;
    auth: string;
    serveraddress: string;
    identitytoken: string;
    registrytoken: string;
    /** @deprecated */
    email: string;
  }> {}
export type AuthConfig = AuthConfigKey | AuthConfigBase64 | AuthConfigObject;

export interface RegistryConfig {
  [registryAddress: string]: { username: string; password: string };
}

export interface Modem {
  host?: string | undefined;
  socketPath?: ModemOptions['socketPath'];
  socketPathCache?: string | Promise<string> | undefined;
  port?: number | string | undefined;
  pathPrefix?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  version?: string | undefined;
  key?: ModemOptions['key'];
  cert?: ModemOptions['cert'];
  ca?: ModemOptions['ca'];
  timeout?: number | undefined;
  connectionTimeout?: number | undefined;
  checkServerIdentity?: any;
  agent?: any;
  retry?: number | RetryOptions | undefined;
  timeouts?: Timeouts | undefined;
  passphrase?: string | undefined;
  headers: Record<string, any>;
  sshOptions: any;
  protocol: string;
  transport?: 'node';
  onVersionMismatch?: VersionPolicy;
  Promise: any;

  dial(options: DialOptions, callback?: RequestCallback): void;
  getSocketPath(): Promise<string> | undefined;
  buildRequest(options: RequestOptions, context: DialOptions, data: any, callback?: RequestCallback): void;
  buildPayload(
    error: any,
    isStream: boolean,
    statusCodes: StatusCodes,
    openStdin: boolean,
    request: any,
    response: any,
    json: any,
    callback: RequestCallback,
  ): void;
  buildQuerystring(options: object): string;
  /** `end: true` ends both outputs with the stream, which the original never does. */
  demuxStream(
    stream: NodeJS.ReadableStream,
    stdout: NodeJS.WritableStream,
    stderr: NodeJS.WritableStream,
    options?: { end?: boolean },
  ): void;
  followProgress(
    stream: NodeJS.ReadableStream,
    onFinished: (error: Error | null, result: any[]) => void,
    onProgress?: (event: any) => void,
  ): void;
}

export interface ModemClass {
  new (options?: ModemOptions): Modem;
  readonly prototype: Modem;
}
