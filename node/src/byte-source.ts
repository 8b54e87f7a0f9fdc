// A pulled source of bytes over a native stream. Nothing is read before somebody asks.

import { attempt, keep, type NativeBatch, type NativeStream } from './native';

/** A pulled source of bytes. Operations in flight hold the process open unless `unref()` was called. */
export class ByteSource {
  readonly #stream: NativeStream;
  #keepAlive = true;
  #current = 0;

  constructor(stream: NativeStream) {
    this.#stream = stream;
  }

  /**
   * What has arrived, up to 64 KiB, when it is here already; else null, and one of the functions is called: with null at a clean
   * end. `whole`: in one piece.
   */
  read(whole: boolean, arrived: (batch: NativeBatch | null) => void, failed: (e: unknown) => void): NativeBatch | null {
    const begin = (id: number) => {
      this.#current = id;
      return this.#stream.read(id, whole);
    };
    return attempt<NativeBatch>(begin, arrived, failed, this.#keepAlive);
  }

  /** Closes the connection. A read in flight ends with the kind `cancelled`. */
  close(): void {
    this.#stream.close();
  }

  ref(): void {
    this.#keep(true);
  }

  unref(): void {
    this.#keep(false);
  }

  #keep(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    keep(this.#current, keepAlive);
  }
}
