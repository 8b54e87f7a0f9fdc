// The modem: where every method of every class goes through, public and stubbable. `dial` describes a request,
// `buildRequest` sends it, `buildPayload` turns an answer into a result or an error. No method of it changes what it is given.

import { constants } from 'node:buffer';
import { isClosed } from './closing';
import type { Output, Source } from './demux';
import { type Asked, askedFor, fromNative, fromStatus, type Refusal } from './errors';
import type { Body } from './reply';
import { buildQuerystring, buildRequest, type Data } from './request';
import type { Answer } from './transport';
import type {
  DialOptions,
  ModemClass,
  Modem as ModemInstance,
  ModemOptions,
  RequestCallback,
  RequestOptions,
  StatusCodes,
} from './types';

type Done = (error: any, result?: any) => void;

/** JSON, or else the bytes themselves. Only what can begin a JSON value is looked at twice. */
function parse(body: Body): any {
  if (typeof body === 'string') {
    try {
      return JSON.parse(body) || Buffer.from(body);
    } catch {
      return Buffer.from(body);
    }
  }
  if (!/^[\s\ufeff]*[[{"\-0-9tfn]/.test(body.toString('latin1', 0, 64))) return body;
  if (body.length > constants.MAX_STRING_LENGTH) throw tooLarge(body.length);
  try {
    return JSON.parse(body.toString()) || body;
  } catch {
    return body;
  }
}

/** An answer of JSON that no string can hold. */
function tooLarge(size: number): Error {
  const limit = constants.MAX_STRING_LENGTH;
  const message = `the answer's ${size} bytes of JSON are more than a string can hold in this Node (${limit})`;
  return fromNative({ kind: 'too_large', message, hint: 'ask for less, with filters or limits' });
}

/** Runs the caller's callback in a turn of its own: never synchronously, and what it throws is thrown where nothing swallows it. */
function later(callback: Done | undefined, error: any, result?: any): void {
  if (callback) process.nextTick(callback, error, result);
}

function Modem(this: ModemInstance, options?: ModemOptions): void {
  const { options: defaults, choice } = environment().choose(options);
  const chosen: ModemOptions = { ...defaults, ...options };
  this.host = chosen.host;
  if (!this.host) this.socketPath = chosen.socketPath;
  this.port = chosen.port;
  this.pathPrefix = chosen.pathPrefix;
  this.username = chosen.username;
  this.password = chosen.password;
  this.version = chosen.version;
  this.key = chosen.key;
  this.cert = chosen.cert;
  this.ca = chosen.ca;
  this.timeout = chosen.timeout;
  this.connectionTimeout = chosen.connectionTimeout;
  this.checkServerIdentity = chosen.checkServerIdentity;
  this.agent = chosen.agent;
  this.retry = chosen.retry;
  this.headers = chosen.headers || {};
  this.sshOptions = { ...options?.sshOptions, ...defaults.sshOptions };
  if (this.sshOptions.agentForward === undefined) this.sshOptions.agentForward = chosen.agentForward;
  this.protocol = chosen.protocol || (this.key && this.cert && this.ca ? 'https' : 'http');
  if (chosen.transport) this.transport = chosen.transport;
  if (chosen.timeouts) this.timeouts = chosen.timeouts;
  if (chosen.onVersionMismatch) this.onVersionMismatch = chosen.onVersionMismatch;
  if (chosen.passphrase) this.passphrase = chosen.passphrase;
  // Not enumerable: who compares or prints modems sees what the original has.
  Object.defineProperty(this, 'choice', { value: choice, writable: true, configurable: true });
  this.Promise = globalThis.Promise;
}

/** Describes one request and sends it; `callback(error, result)` is always called once, and never before this returns. */
function dial(this: ModemInstance, options: DialOptions, callback?: RequestCallback): void {
  const { request, data } = buildRequest(this as any, options);
  notices().look(this, request, options, data);
  if (!this.socketPath) {
    this.buildRequest(request, options, data, callback);
    return;
  }
  Promise.resolve(this.getSocketPath()).then(
    (socketPath) => {
      request.socketPath = socketPath;
      this.buildRequest(request, options, data, callback);
    },
    (error) => later(callback as Done, error, null),
  );
}

/** The socket's path; asked for once when it is a function, and again if that failed. */
function getSocketPath(this: ModemInstance): Promise<string> | undefined {
  if (!this.socketPath) return undefined;
  if (this.socketPathCache) return Promise.resolve(this.socketPathCache);
  const value = typeof this.socketPath === 'function' ? this.socketPath() : this.socketPath;
  this.socketPathCache = value;
  return Promise.resolve(value).catch((error) => {
    if (this.socketPathCache === value) this.socketPathCache = undefined;
    throw error;
  });
}

/** Sends a request that `dial` has prepared. */
function sendRequest(
  this: ModemInstance,
  request: RequestOptions,
  context: DialOptions,
  data: Data,
  callback?: RequestCallback,
): void {
  const done = callback as Done | undefined;
  exchanged(this, request, context, data).then(
    (result) => later(done, null, result),
    (error) => later(done, error, null),
  );
}

async function exchanged(
  modem: ModemInstance,
  request: RequestOptions,
  context: DialOptions,
  data: Data,
): Promise<unknown> {
  // Agents and interception of `http.request` are Node's own: such requests go through its http.
  const own = modem.agent || modem.transport === 'node';
  const unmet = own && onlyOfTheCore(modem, context);
  if (unmet) {
    const message = `${unmet}: only on the road through the core, without agent and transport "node"`;
    throw fromNative({ kind: 'unsupported', message });
  }
  if (isClosed(modem)) throw closed();
  const known = notices().before(modem, context);
  if (known) await known;
  const answer = await (own ? nodeHttp() : transport()).send(modem as any, request, context, data);
  notices().after(modem, context, answer.from);
  return settle(answer, context, () => askedBy(modem, request));
}

/** The name of something asked for that Node's own http does not do. */
function onlyOfTheCore(modem: ModemInstance, context: DialOptions): string | undefined {
  if (context.retry ?? modem.retry) return 'retry';
  if (context.timeouts ?? context.options?.timeouts ?? modem.timeouts) return 'timeouts';
  return (context.highWaterMark ?? context.options?.highWaterMark) === undefined ? undefined : 'highWaterMark';
}

/** Loads a module with the first use: importing must be quick, and so must finding it again. */
function lazily<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

const environment = lazily(() => require('./environment') as typeof import('./environment'));
const native = lazily(() => require('./native') as typeof import('./native'));
const notices = lazily(() => require('./notices') as typeof import('./notices'));
const transport = lazily(() => require('./transport') as typeof import('./transport'));
const nodeHttp = lazily(() => require('./node-http') as typeof import('./node-http'));

/** What is asked of a client after `close()`. */
function closed(): Error {
  return fromNative({ kind: 'closed', message: 'the client is closed' });
}

/** A result, or the error that the method's table of statuses makes of the answer. */
function settle(answer: Answer, context: DialOptions, asked?: () => Asked): unknown {
  const statuses: StatusCodes = context.statusCodes ?? {};
  if (answer.kind === 'duplex') return answer.duplex;
  const { status } = answer.from;
  const accepted = statuses[status] === true;
  if (answer.kind === 'stream') {
    if (accepted) return remember(answer.response, asked);
    return refused(answer.response, status, statuses, asked);
  }
  const json = parse(answer.body);
  if (accepted) return context.isStream ? remember(answer.response(), asked) : json;
  const facts = described(asked, status, answer.response(), Buffer.from(answer.body));
  throw fromStatus(status, statuses, json, context.isStream ? null : json, facts);
}

/** Reads what an unwelcome answer says, and throws it. */
async function refused(response: any, status: number, statuses: StatusCodes, asked?: () => Asked): Promise<never> {
  const { collect } = require('./streams') as typeof import('./streams');
  const body = await collect(response);
  const parsed = parse(body);
  const cause = Buffer.isBuffer(parsed) ? body.toString() : parsed;
  throw fromStatus(status, statuses, cause, null, described(asked, status, response, body));
}

/** The request as errors tell of it. */
function askedBy(modem: ModemInstance, request: RequestOptions): Asked {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => [name, String(value)]);
  const place =
    request.socketPath === undefined
      ? `${modem.protocol}://${modem.host}:${modem.port}`
      : `unix://${request.socketPath}`;
  return { method: request.method ?? 'GET', target: request.path, headers, endpoint: place };
}

/** Lets a failure inside the stream be told with the request that it answers. */
function remember(response: any, asked: (() => Asked) | undefined): any {
  if (asked && response) askedFor.set(response, asked);
  return response;
}

/** What the core makes of an unwelcome answer. */
function described(asked: (() => Asked) | undefined, status: number, response: any, body: Buffer) {
  if (!asked) return undefined;
  const refusal: Refusal = {
    status,
    reason: response?.statusMessage ?? '',
    headers: response?.rawHeaders ?? [],
    body,
  };
  return native().describeReply(asked(), refusal);
}

/** The result of an answer that someone else has received: kept for programs that call it themselves. */
function buildPayload(
  this: ModemInstance,
  error: Error | null | undefined,
  isStream: boolean,
  statusCodes: StatusCodes,
  openStdin: boolean,
  request: any,
  response: any,
  json: any,
  callback: Done,
): unknown {
  if (error) return callback(error, null);
  const context: DialOptions = { path: '', statusCodes, isStream };
  const status = response.statusCode;
  if (openStdin && statusCodes[status] === true) {
    return callback(null, new (nodeHttp().RequestDuplex)(request, response));
  }
  if (!isStream) {
    if (statusCodes[status] === true) return callback(null, json);
    return callback(fromStatus(status, statusCodes, json, json), null);
  }
  const answer: Answer = { kind: 'stream', from: { status, headers: response.rawHeaders }, response };
  Promise.resolve(settle(answer, context)).then(
    (result) => later(callback, null, result),
    (failure) => later(callback, failure, null),
  );
  return undefined;
}

Modem.prototype.dial = dial;
Modem.prototype.getSocketPath = getSocketPath;
Modem.prototype.buildRequest = sendRequest;
Modem.prototype.buildPayload = buildPayload;
Modem.prototype.buildQuerystring = (options: Record<string, any>): string => buildQuerystring(options);

Modem.prototype.demuxStream = (source: Source, stdout: Output, stderr: Output, options?: { end?: boolean }): void => {
  const demux = require('./demux') as typeof import('./demux');
  demux.demuxStream(source, stdout, stderr, options);
};

Modem.prototype.followProgress = (
  stream: NodeJS.ReadableStream,
  onFinished: (error: Error | null, output: any[]) => void,
  onProgress?: (event: any) => void,
): void => {
  const { follow, readJson } = require('./progress') as typeof import('./progress');
  follow(stream, onFinished, onProgress, readJson);
};

export = Modem as unknown as ModemClass;
