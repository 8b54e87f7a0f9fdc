// Carries a prepared request to the engine through the native core, and gives back one of three kinds of answer.
// Bodies given as streams are pushed with backpressure, files are read by the core; if one fails, that failure is the call's error.

import type { Duplex, Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { onClose } from './closing';
import { configOf, type Place } from './endpoint';
import { fromNative } from './errors';
import {
  type EngineConfig,
  type NativeBody,
  type NativeDuplex,
  type NativeEngine,
  type Outgoing,
  offer,
  openBody,
  openEngine,
  run,
} from './native';
import type { Body, NativeReply } from './reply';
import { checkTarget, type Data, escapeTarget } from './request';
import { EngineDuplex, EngineResponse, HttpDuplex } from './streams';
import type { DialOptions, RequestOptions, RetryOptions, Timeouts } from './types';

/** What every answer has; a `NativeReply` is one. */
interface Head {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: string[];
  /** The same as one string, where there is one. */
  readonly head?: string;
}

/** An answer: whole, streamed, or a connection. */
export type Answer = { from: Head } & (
  | { kind: 'whole'; body: Body; response: () => EngineResponse }
  | { kind: 'stream'; response: any }
  | { kind: 'duplex'; duplex: any }
);

/** What a transport needs to know of the modem. */
export interface Target extends Place {
  timeout?: number;
  connectionTimeout?: number;
  retry?: number | RetryOptions;
  timeouts?: Timeouts;
}

/** The engine a modem has, and what it was opened with. */
interface Open {
  socketPath: string | undefined;
  choice: unknown;
  config: EngineConfig;
  engine: NativeEngine;
}

const engines = new WeakMap<object, Open>();

/** The engine of a modem, opened on first use and again when the modem's address or its keys have been changed. */
function engineOf(modem: Target, socketPath: string | undefined): NativeEngine {
  const known = engines.get(modem);
  const { choice } = modem;
  // To a socket nothing but its path belongs.
  if (known && socketPath !== undefined && known.socketPath === socketPath && known.choice === choice) {
    return known.engine;
  }
  const config = configOf(modem, socketPath);
  if (known && isDeepStrictEqual(known.config, config)) return known.engine;
  const engine = openEngine(config);
  engines.set(modem, { socketPath, choice, config, engine });
  onClose(modem, () => engine.close());
  return engine;
}

/** Written by the core, from the body it is given. */
const OWN_HEADERS = new Set(['content-length', 'transfer-encoding']);

function headersOf(headers: Record<string, any>): string[] {
  const flat: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OWN_HEADERS.has(name.toLowerCase())) continue;
    for (const one of Array.isArray(value) ? value : [value]) flat.push(name, String(one));
  }
  return flat;
}

function timeoutsOf(modem: Target, context: DialOptions): Timeouts | undefined {
  const { timeout, connectionTimeout } = modem;
  const own = context.timeouts ?? context.options?.timeouts ?? modem.timeouts;
  if (!timeout && !connectionTimeout && !own) return undefined;
  const upgrading = context.hijack === true;
  // As in the original, `connectionTimeout` runs until the answer begins, and not at all for a hijack's answer.
  const opening = connectionTimeout && !upgrading ? Math.min(timeout || connectionTimeout, connectionTimeout) : timeout;
  return {
    connect: connectionTimeout || timeout || undefined,
    firstByte: opening || undefined,
    idle: upgrading ? undefined : timeout || undefined,
    ...modem.timeouts,
    ...own,
  };
}

/** Pushes a stream into a request's body until it ends, fails, or the request no longer takes it. */
class Upload {
  readonly body: NativeBody = openBody();
  failure: Error | undefined;
  readonly #source: Readable;
  #stopped = false;

  constructor(source: NodeJS.ReadableStream) {
    const { Readable: Wrapped } = require('node:stream') as typeof import('node:stream');
    this.#source = (Symbol.asyncIterator in source ? source : new Wrapped().wrap(source)) as Readable;
    void this.#push();
  }

  /** The request is over: whatever is left of the source is not wanted. */
  stop(): void {
    this.#stopped = true;
    this.body.abort();
  }

  async #push(): Promise<void> {
    const { isUntouchedFile, sendFile } = require('./file-upload') as typeof import('./file-upload');
    const source = this.#source;
    try {
      if (!(isUntouchedFile(source) && (await sendFile(this.body, source)))) {
        for await (const chunk of source) {
          if (this.#stopped) return;
          const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
          const room = offer(this.body, bytes);
          if (room) await room;
        }
      }
      await offer(this.body, null);
    } catch (error) {
      if (this.#stopped) return;
      this.failure = error as Error;
      this.body.abort();
    }
  }
}

/** The bare connection of a hijack: Node's own socket where it can be had, else one that the core reads and writes. */
function hijacked(modem: object, handle: NativeDuplex): Duplex {
  const config = engines.get(modem)?.config;
  // Other runtimes that load native modules of Node's do not open sockets by their descriptors as Node does.
  const node = !process.versions.bun && !process.versions.deno;
  const plain = node && config && !config.tls && /^(unix|tcp):/.test(config.endpoint);
  const descriptor = plain ? handle.takeSocket() : null;
  if (descriptor === null) return new EngineDuplex(handle);
  const { EngineSocket } = require('./engine-socket') as typeof import('./engine-socket');
  const socket = new EngineSocket(descriptor);
  const forget = onClose(modem, () => socket.destroy(fromNative({ kind: 'closed', message: 'the client is closed' })));
  socket.once('close', forget);
  return socket;
}

function answerOf(modem: object, reply: NativeReply, context: DialOptions): Answer {
  if (reply.duplex) {
    // A request that asked for no upgrade gets the request-and-answer shape; a hijack gets the bare connection.
    const duplex = context.hijack === true ? hijacked(modem, reply.duplex) : new HttpDuplex(reply);
    return { kind: 'duplex', from: reply, duplex };
  }
  const response = () => new EngineResponse(reply, markOf(context));
  if (reply.stream) return { kind: 'stream', from: reply, response: response() };
  return { kind: 'whole', from: reply, body: reply.body as Body, response };
}

/** The retry policy of a request: its own, else the client's; none unless asked for. */
function retryOf(modem: Target, context: DialOptions): RetryOptions | undefined {
  const given = context.retry ?? modem.retry;
  if (!given) return undefined;
  return typeof given === 'number' ? { attempts: given } : given;
}

/** How large a stream's pieces may be, if the caller says so. */
function markOf(context: DialOptions): number | undefined {
  const mark = context.highWaterMark ?? context.options?.highWaterMark;
  if (mark === undefined || (Number.isSafeInteger(mark) && mark > 0)) return mark;
  const message = `highWaterMark must be a positive whole number of bytes, not ${JSON.stringify(mark)}`;
  throw fromNative({ kind: 'invalid_argument', message });
}

/** Sends one request through the core. */
export async function send(modem: Target, request: RequestOptions, context: DialOptions, data: Data): Promise<Answer> {
  const target = request.socketPath === undefined ? escapeTarget(request.path) : request.path;
  checkTarget(target);
  markOf(context);
  const engine = engineOf(modem, request.socketPath);
  const outgoing: Outgoing = {
    method: request.method ?? 'GET',
    target,
    headers: headersOf(request.headers),
    timeouts: timeoutsOf(modem, context),
  };
  const retry = retryOf(modem, context);
  if (retry) outgoing.retry = retry;
  let upload: Upload | undefined;
  if (typeof data === 'string') outgoing.body = Buffer.from(data);
  else if (Buffer.isBuffer(data)) outgoing.body = data;
  else if (data) upload = new Upload(data);
  const verb = context.hijack || context.openStdin ? 'upgrade' : context.isStream === true ? 'stream' : 'call';
  try {
    const reply = await run(engine, verb, outgoing, upload?.body, request.signal);
    const answer = answerOf(modem, reply, context);
    abortWith(request.signal, answer);
    return answer;
  } catch (error) {
    const failure = upload?.failure ?? error;
    upload?.stop();
    throw failure;
  } finally {
    // A streamed answer may begin while the body is still being sent: then the upload goes on.
    if (verb === 'call') upload?.stop();
  }
}

/** Once an answer streams, the signal destroys it. */
function abortWith(signal: AbortSignal | undefined, answer: Answer): void {
  if (!signal || answer.kind === 'whole') return;
  const { addAbortSignal } = require('node:stream') as typeof import('node:stream');
  addAbortSignal(signal, answer.kind === 'stream' ? answer.response : answer.duplex);
}
