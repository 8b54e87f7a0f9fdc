// The other road: requests through Node's own http, for what belongs to Node. A custom `agent`, and `transport: 'node'`, which lets
// tools that intercept `http.request` see us.

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type EngineError, fromNative } from './errors';
import { type Data, hostOf } from './request';
import type { Answer, Target } from './transport';
import type { DialOptions, RequestOptions } from './types';

interface NodeTarget extends Target {
  agent?: any;
  key?: any;
  cert?: any;
  ca?: any;
  checkServerIdentity?: any;
}

/** A request and its answer as one duplex, for `stdin` without `hijack`. */
export class RequestDuplex extends Duplex {
  readonly req: ClientRequest;
  readonly _output: IncomingMessage;

  constructor(request: ClientRequest, response: IncomingMessage) {
    super();
    this.req = request;
    this._output = response;
    response.on('data', (chunk) => {
      if (!this.push(chunk)) response.pause();
    });
    response.on('end', () => this.push(null));
    response.on('error', (error) => this.destroy(error));
    response.on('aborted', () => this.destroy(fromNative({ kind: 'truncated', message: 'the answer was cut off' })));
  }

  override _read(): void {
    this._output.resume();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.req.write(chunk, callback);
  }
  override _final(callback: (error?: Error | null) => void): void {
    this.req.end(() => callback());
  }
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.req.destroy();
    callback(error);
  }
  destroySoon(): void {
    this.destroy();
  }
}

function optionsOf(modem: NodeTarget, request: RequestOptions): Record<string, any> {
  const options: Record<string, any> = { ...request };
  if (options.socketPath === undefined) {
    const { hostname, port } = hostOf(modem);
    options.hostname = hostname;
    options.port = port;
  }
  for (const key of ['agent', 'key', 'cert', 'ca', 'checkServerIdentity'] as const) {
    if (modem[key] !== undefined) options[key] = modem[key];
  }
  return options;
}

function timedOut(message: string, phase: string): EngineError {
  const error = fromNative({ kind: 'timeout', message, phase });
  return error;
}

/** Arms the client's limits; what is given back disarms the one that ends with the answer's beginning. */
function limit(modem: NodeTarget, request: ClientRequest): () => void {
  if (modem.timeout) {
    request.setTimeout(modem.timeout, () => {
      request.destroy(timedOut(`nothing came for ${modem.timeout} ms`, 'idle'));
    });
  }
  if (!modem.connectionTimeout) return () => undefined;
  const timer = setTimeout(() => {
    request.destroy(timedOut(`no answer began within ${modem.connectionTimeout} ms`, 'connect'));
  }, modem.connectionTimeout);
  return () => clearTimeout(timer);
}

/** Reads a whole answer; one that is cut short rejects. */
async function readAll(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  if (!response.complete) throw fromNative({ kind: 'truncated', message: 'the answer ended before it was complete' });
  return Buffer.concat(parts);
}

function write(request: ClientRequest, context: DialOptions, data: Data): void {
  if (typeof data === 'string' || Buffer.isBuffer(data)) {
    if (context.openStdin) request.write(data);
    else request.end(data);
  } else if (data) {
    data.on('error', (error: Error) => request.destroy(error));
    data.pipe(request);
  } else if (!context.openStdin) request.end();
}

/** Sends one request through Node's http or https. */
export function send(modem: NodeTarget, options: RequestOptions, context: DialOptions, data: Data): Promise<Answer> {
  const { request: open } = (modem.protocol === 'https' ? require('node:https') : require('node:http')) as {
    request(options: object): ClientRequest;
  };
  return new Promise((resolve, reject) => {
    const request = open(optionsOf(modem, options));
    const disarm = limit(modem, request);
    request.on('error', (error) => {
      disarm();
      reject(error);
    });
    request.on('upgrade', ({ rawHeaders: headers }: IncomingMessage, socket: Socket, head: Buffer) => {
      disarm();
      if (head.length > 0) socket.unshift(head);
      resolve({ kind: 'duplex', from: { status: 101, headers }, duplex: socket });
    });
    request.on('response', (response: IncomingMessage) => {
      disarm();
      const status = response.statusCode as number;
      const from = { status, headers: response.rawHeaders };
      if (context.openStdin) {
        if (status < 300) resolve({ kind: 'duplex', from, duplex: new RequestDuplex(request, response) });
        else resolve({ kind: 'stream', from, response });
      } else if (context.isStream === true) resolve({ kind: 'stream', from, response });
      else {
        readAll(response).then(
          (body) => resolve({ kind: 'whole', from, body, response: () => response as any }),
          reject,
        );
      }
    });
    write(request, context, data);
  });
}
