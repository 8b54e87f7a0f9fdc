// The streams a program gets: an answer that can be read like an `http.IncomingMessage`, and two duplexes.
// One read is in flight at a time and only while the reader wants more, so a slow reader slows the socket.
// `destroy()` closes the connection. A broken stream never ends quietly: it emits `aborted` and `error`.

import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { Duplex, Readable } from 'node:stream';
import { ByteSource } from './byte-source';
import { type EngineError, fromNative } from './errors';
import { attempt, type NativeBatch, type NativeDuplex, start } from './native';
import type { NativeReply } from './reply';
import { arrived } from './slabs';

/** So many batches that are here already are pushed in one turn of the loop: others want theirs, too. */
const BATCHES_IN_A_TURN = 8;

/** Asks a stream of ours for large pieces: for readers that do not care where the engine cut. */
export const LARGE_PIECES = Symbol('dockline.largePieces');

/** Turns names and values in turn into Node's header object: lower case, repeated ones joined, cookies as an array. */
export function headersOf(raw: string[]): Record<string, any> {
  const headers: Record<string, any> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    const value = raw[at + 1] as string;
    if (name === 'set-cookie') headers[name] = [...(headers[name] ?? []), value];
    else headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** Pulls batches from a source and pushes their pieces, one read in flight, no faster than the reader wants. */
class Pump {
  readonly #source: ByteSource;
  readonly #target: Readable;
  readonly #context = new AsyncResource('DocklineStream');
  #slab: Buffer | undefined;
  #ends: Uint32Array | undefined;
  #piece = 0;
  #start = 0;
  #wanted = false;
  /** A read is in flight, or what it brought is being pushed. */
  #busy = false;
  /** The read in flight goes on by itself. */
  #goesOn = false;
  #inTurn = 0;
  /** Push pieces of up to so many bytes, whatever the engine's HTTP chunks were. */
  size: number | undefined;
  /** Set once the source has ended cleanly. */
  complete = false;

  constructor(source: ByteSource, target: Readable) {
    this.#source = source;
    this.#target = target;
  }

  want(): void {
    this.#wanted = true;
    if (this.#busy) return;
    this.#busy = true;
    // Not at once: what is pushed while the reader asks for it takes a longer way.
    if (this.#slab !== undefined || this.#refill()) queueMicrotask(this.#run);
  }

  /** Listeners are called in the context that the stream was made in. */
  readonly #run = (): void => {
    this.#context.runInAsyncScope(this.#go, this);
  };

  #go(): void {
    while (this.#wanted && !this.#target.destroyed) {
      if (this.#slab === undefined) {
        if (this.#goesOn || !this.#refill()) return;
        if (++this.#inTurn >= BATCHES_IN_A_TURN) {
          this.#inTurn = 0;
          setImmediate(this.#run);
          return;
        }
      }
      this.#pushAll();
    }
    if (this.#goesOn) this.#source.rest();
    this.#goesOn = false;
    this.#busy = false;
  }

  /** Whether there is a batch; else one of the two below is called. */
  #refill(): boolean {
    const batch = this.#source.read(this.size !== undefined, this.#arrived, this.#failed);
    if (batch === null) return false;
    this.#take(batch);
    return true;
  }

  readonly #arrived = (batch: NativeBatch | null, goesOn = false): void => {
    this.#inTurn = 0;
    this.#goesOn = goesOn;
    if (batch !== null) {
      this.#take(batch);
      this.#run();
      return;
    }
    this.#busy = false;
    if (this.#target.destroyed) return;
    this.complete = true;
    this.#context.runInAsyncScope(() => this.#target.push(null));
  };

  readonly #failed = (error: unknown): void => {
    this.#goesOn = false;
    this.#busy = false;
    if (!this.#target.destroyed) this.#target.destroy(error as Error);
  };

  #take(batch: NativeBatch): void {
    const isOne = Buffer.isBuffer(batch);
    this.#slab = isOne ? batch : batch.slab;
    this.#ends = isOne ? undefined : batch.ends;
    this.#piece = 0;
    this.#start = 0;
    arrived(this.#slab);
  }

  #pushAll(): void {
    const slab = this.#slab as Buffer;
    const ends = this.#ends;
    while (this.#start < slab.length && this.#wanted && !this.#target.destroyed) {
      const end = ends?.[this.#piece++] ?? Math.min(this.#start + (this.size ?? slab.length), slab.length);
      const part = this.#start === 0 && end === slab.length ? slab : slab.subarray(this.#start, end);
      this.#start = end;
      try {
        this.#give(part);
      } catch (error) {
        // A listener of the program has thrown: that is the process's affair, as with any other stream.
        this.#wanted = true;
        process.nextTick(raise, error);
      }
    }
    if (this.#start >= slab.length) this.#slab = undefined;
  }

  #give(part: Buffer): void {
    const target = this.#target;
    // What `push` comes to for a stream that flows, without asking in a tick of its own whether more is wanted.
    if (
      target.readableFlowing &&
      target.readableLength === 0 &&
      target.readableEncoding === null &&
      target.readableDidRead &&
      target.listenerCount('data') > 0
    ) {
      target.emit('data', part);
      return;
    }
    // The reader may ask again from inside `push`; that wish must not be lost.
    this.#wanted = false;
    if (target.push(part)) this.#wanted = true;
  }
}

function raise(error: unknown): never {
  throw error;
}

/** Stands where programs expect a socket: what they commonly touch works, and the rest of it does not exist. */
export class SocketLike extends EventEmitter {
  readonly encrypted = false;
  readonly #owner: { destroy(error?: Error): unknown; readonly destroyed: boolean };
  readonly #source: ByteSource;

  constructor(owner: { destroy(error?: Error): unknown; readonly destroyed: boolean }, source: ByteSource) {
    super();
    this.#owner = owner;
    this.#source = source;
  }

  get destroyed(): boolean {
    return this.#owner.destroyed;
  }
  get readable(): boolean {
    return !this.#owner.destroyed;
  }
  get writable(): boolean {
    return !this.#owner.destroyed;
  }
  ref(): this {
    this.#source.ref();
    return this;
  }
  unref(): this {
    this.#source.unref();
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(_milliseconds?: number, _callback?: () => void): this {
    return this;
  }
  end(): this {
    this.#owner.destroy();
    return this;
  }
  destroySoon(): void {
    this.#owner.destroy();
  }
  destroy(error?: Error): this {
    this.#owner.destroy(error);
    return this;
  }
}

/** A stream over bytes that are already here. */
class Whole extends ByteSource {
  #body: Buffer | undefined;
  constructor(body: Buffer) {
    super({ read: () => null, rest() {}, close() {} });
    this.#body = body.length ? body : undefined;
  }
  override read(_whole: boolean, arrived: (batch: NativeBatch | null) => void): NativeBatch | null {
    const body = this.#body;
    this.#body = undefined;
    if (body === undefined) queueMicrotask(() => arrived(null));
    return body ?? null;
  }
  override ref(): void {}
  override unref(): void {}
}

/** An engine's streamed answer: a Readable with the fields of `http.IncomingMessage`. */
export class EngineResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly rawHeaders: string[];
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly trailers: Record<string, string> = {};
  readonly rawTrailers: string[] = [];
  readonly method = null;
  readonly url = '';
  /** True when the connection was lost, or closed by `destroy()`, before the end. */
  aborted = false;
  readonly #source: ByteSource;
  readonly #pump: Pump;
  #headers: Record<string, any> | undefined;
  #socket: SocketLike | undefined;

  constructor(reply: NativeReply, highWaterMark?: number) {
    // As much as one native read brings, so that one read is enough to fill it.
    super({ highWaterMark: highWaterMark ?? 64 * 1024 });
    this.statusCode = reply.status;
    this.statusMessage = reply.reason;
    this.rawHeaders = reply.headers;
    this.#source = reply.stream ? new ByteSource(reply.stream) : new Whole(reply.bytes());
    this.#pump = new Pump(this.#source, this);
    // Nobody reads an archive by the pieces that the engine cut it into.
    const isArchive = this.headers['content-type'] === 'application/x-tar';
    this.#pump.size = highWaterMark ?? (isArchive ? Number.POSITIVE_INFINITY : undefined);
  }

  get headers(): Record<string, any> {
    this.#headers ??= headersOf(this.rawHeaders);
    return this.#headers;
  }
  get complete(): boolean {
    return this.#pump.complete;
  }
  get socket(): SocketLike {
    this.#socket ??= new SocketLike(this, this.#source);
    return this.#socket;
  }
  get connection(): SocketLike {
    return this.socket;
  }
  setTimeout(_milliseconds?: number, _callback?: () => void): this {
    return this;
  }

  [LARGE_PIECES](): void {
    this.#pump.size = Number.POSITIVE_INFINITY;
  }

  override _read(): void {
    this.#pump.want();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.close();
    if (!this.#pump.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    // As in Node: an answer nobody listens to for errors is dropped without taking the process down.
    callback(error && this.listenerCount('error') > 0 ? error : null);
  }
}

/** A hijacked connection: raw bytes both ways; `end()` closes our half, and what the engine still sends arrives. */
export class EngineDuplex extends Duplex {
  readonly #handle: NativeDuplex;
  readonly #source: ByteSource;
  readonly #pump: Pump;
  readonly encrypted = false;

  constructor(handle: NativeDuplex) {
    super({ allowHalfOpen: false, decodeStrings: true });
    this.#handle = handle;
    this.#source = new ByteSource(handle);
    this.#pump = new Pump(this.#source, this);
  }

  ref(): this {
    this.#source.ref();
    return this;
  }
  unref(): this {
    this.#source.unref();
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(_milliseconds?: number, _callback?: () => void): this {
    return this;
  }
  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.end(() => this.destroy());
  }

  [LARGE_PIECES](): void {
    this.#pump.size = Number.POSITIVE_INFINITY;
  }

  override _read(): void {
    this.#pump.want();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const taken = attempt(
      (id) => this.#handle.write(id, chunk),
      () => callback(),
      (error) => callback(error as Error),
    );
    if (taken) callback();
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    start((id) => this.#handle.end(id)).then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.close();
    callback(error);
  }
}

/** What `stdin: true` without `hijack` gives: the same bytes, in the shape of a request and its answer. */
export class HttpDuplex extends EngineDuplex {
  /** The request's side, as far as programs touch it. */
  readonly req: Record<string, any>;
  /** The answer's side: status and headers. */
  readonly _output: Record<string, any>;

  constructor(reply: NativeReply) {
    super(reply.duplex as NativeDuplex);
    this.req = {
      socket: this,
      write: (chunk: any, encoding?: any, callback?: any) => this.write(chunk, encoding, callback),
      end: (...args: any[]) => (this.end as any)(...args),
      destroy: (error?: Error) => this.destroy(error),
      abort: () => this.destroy(),
      setTimeout: () => this.req,
      setNoDelay: () => undefined,
      setSocketKeepAlive: () => undefined,
    };
    this._output = {
      statusCode: reply.status,
      statusMessage: reply.reason,
      headers: headersOf(reply.headers),
      rawHeaders: reply.headers,
      httpVersion: '1.1',
      socket: this,
      connection: this,
      destroy: (error?: Error) => this.destroy(error),
    };
  }
}

/** Collects a stream that carries an unwelcome answer. Bounded: nobody needs the rest of an error page. */
export async function collect(stream: AsyncIterable<Buffer>, limit = 1 << 20): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > limit) break;
  }
  return Buffer.concat(parts);
}

export { type EngineError, fromNative };
