// A file's own stream as the body of a request: the core reads the file, several times faster than the stream would, and the
// stream ends as if it had been read. Only for streams that nobody has begun to read, and that read as Node's do.

import { once } from 'node:events';
import type { ReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import type { EngineError } from './errors';
import { type NativeBody, offerFile } from './native';

/** What Node's types leave out. */
type FileStream = ReadStream & { fd: number | null; start?: number; end: number; autoClose: boolean };

/** Whether nobody reads a stream, or has. */
function isUnread(stream: Readable): boolean {
  const { reading } = (stream as any)._readableState;
  const listeners = stream.listenerCount('data') + stream.listenerCount('readable');
  return !reading && !stream.readableDidRead && stream.readableLength === 0 && listeners === 0;
}

/** Whether a stream reads with the functions of `fs`, and by its own methods. */
function isOrdinary(stream: any, fs: typeof import('node:fs')): boolean {
  if (Object.getPrototypeOf(stream) !== fs.ReadStream.prototype) return false;
  if (Object.getOwnPropertyNames(stream).some((name) => typeof stream[name] === 'function')) return false;
  const functions = Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kFs');
  return functions !== undefined && stream[functions] === fs;
}

/** Whether the core may read in place of a stream. */
export function isUntouchedFile(stream: Readable): stream is FileStream {
  const fs = require('node:fs') as typeof import('node:fs');
  if (!isOrdinary(stream, fs) || !isUnread(stream)) return false;
  if (stream.destroyed || stream.readableFlowing !== null || stream.readableEncoding !== null) return false;
  const { autoClose, bytesRead } = stream as FileStream;
  // Who keeps the descriptor may want to read on from where the stream stopped.
  return autoClose && bytesRead === 0;
}

/** Has the core read the file, if it is one: settles when it has. */
function offered(body: NativeBody, stream: FileStream, start: number | undefined): Promise<void> | undefined {
  const { fstatSync } = require('node:fs') as typeof import('node:fs');
  const descriptor = stream.fd as number;
  const end = Math.min(stream.end + 1, Number.MAX_SAFE_INTEGER);
  let inode: bigint;
  try {
    inode = fstatSync(descriptor, { bigint: true }).ino;
  } catch {
    return undefined;
  }
  return offerFile(body, { descriptor, inode, start, end });
}

/** A failure to read, as Node tells it. */
function failureOf(error: EngineError): Error | undefined {
  const { kind, errno, code, syscall } = error;
  if (kind !== 'body_source') return undefined;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words ? Object.assign(new Error(`${code}: ${words}, ${syscall}`), { errno, code, syscall }) : error;
}

/** What Node destroys a stream with that is not read to its end. */
function notWanted(): Error {
  return Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' });
}

/** Programs look at `bytesRead` for progress. */
function countIn(stream: FileStream, body: NativeBody): void {
  const get = () => body.fileRead as number;
  Object.defineProperty(stream, 'bytesRead', { get, set: () => undefined, enumerable: true, configurable: true });
}

/** Lets a stream end as if it had been read, unless somebody else reads it by now. */
async function end(stream: FileStream): Promise<void> {
  if (stream.destroyed || stream.readableFlowing || !isUnread(stream)) return;
  const value = stream.bytesRead;
  Object.defineProperty(stream, 'bytesRead', { value, writable: true, enumerable: true, configurable: true });
  stream.push(null);
  for await (const _ of stream);
}

/** Sends a file; false when that is up to the stream, of which nothing was read then. */
export async function sendFile(body: NativeBody, stream: FileStream): Promise<boolean> {
  const { finished } = require('node:stream') as typeof import('node:stream');
  let forget = () => {};
  const lost = new Promise<never>((_, reject) => {
    forget = finished(stream, { writable: false }, (error) => error && reject(error));
  });
  lost.catch(() => undefined);
  let { start } = stream;
  if (stream.fd === null) {
    await Promise.race([once(stream, 'open'), lost]);
    start ??= 0;
  }
  const sent = offered(body, stream, start);
  if (sent) {
    countIn(stream, body);
    try {
      await Promise.race([sent, lost]);
    } catch (error) {
      const failure = failureOf(error as EngineError);
      stream.destroy(failure ?? notWanted());
      if (!failure) throw error;
      await new Promise((resolve) => finished(stream, { writable: false }, resolve));
      throw failure;
    }
  }
  forget();
  if (sent) await end(stream);
  return sent !== undefined;
}
