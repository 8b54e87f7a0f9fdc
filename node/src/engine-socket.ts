// A hijacked connection over a plain socket: a `net.Socket`, as the original gives, which Node's own loop reads and writes. Passing
// each small piece through another thread would cost a program that waits for every answer several times the work itself.

import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { fromNative } from './errors';
import { answerCame, kindTable, lookForAnswer } from './native';
import { arrived } from './slabs';
import { LARGE_PIECES } from './streams';

/** A broken connection as the core would tell of it; what the program itself destroyed the socket with stays as it is. */
function told(error: any): Error | null {
  if (!error?.syscall || error.kind) return error;
  const [, family, , , hint] = kindTable().find(([kind]) => kind === 'connection_lost') ?? [];
  const message = `the connection to the engine was lost: ${error.message}`;
  const data = { kind: 'connection_lost', message, osCode: error.errno === undefined ? undefined : -error.errno };
  return fromNative({ ...data, ...(family && { family }), ...(hint && { hint }) } as Parameters<typeof fromNative>[0]);
}

/** Behind more than this nobody sits and waits. */
const SMALL = 16 * 1024;

/** A hijacked connection: raw bytes both ways; `end()` closes our half, and what the engine still sends arrives. */
export class EngineSocket extends Socket {
  readonly encrypted = false;
  #looks = false;

  constructor(descriptor: number) {
    super({ fd: descriptor, allowHalfOpen: false, readable: true, writable: true });
  }

  /** Its pieces are what the system had at once: as large as they come. */
  [LARGE_PIECES](): void {}

  /** Every piece that arrived passes here, and null at the end. */
  override push(chunk: any, encoding?: BufferEncoding): boolean {
    if (chunk === null) return this.#end();
    arrived(chunk);
    if (this.#looks) {
      this.#looks = false;
      answerCame();
    }
    return super.push(chunk, encoding);
  }

  override _write(chunk: any, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    super._write(chunk, encoding, callback);
    if (chunk.length <= SMALL) {
      this.#looks = true;
      lookForAnswer();
    }
  }

  /** Node takes a connection that breaks right behind some bytes for one that ended; the socket itself knows better. */
  #end(): boolean {
    const descriptor = (this as any)._handle?.fd;
    try {
      const rest = Buffer.alloc(1024);
      for (let size = 1; size > 0 && descriptor >= 0; ) {
        size = readSync(descriptor, rest, 0, rest.length, null);
        if (size > 0) super.push(Buffer.from(rest.subarray(0, size)));
      }
    } catch (error: any) {
      if (error.code !== 'EAGAIN') {
        this.destroy(error);
        return false;
      }
    }
    return super.push(null);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    super._destroy(error, (failure) => callback(told(failure)));
  }
}
