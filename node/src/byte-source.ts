// A pulled source of bytes over a native stream. Nothing is read before somebody asks.

import { attempt, forget, keep, type NativeBatch, type NativeStream } from './native';

/** `goesOn`: the read continues, and this is called again, until `rest()`. */
type Arrived = (batch: NativeBatch | null, goesOn?: boolean) => void;

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
  read(whole: boolean, arrived: Arrived, failed: (error: unknown) => void): NativeBatch | null {
    const begin = (id: number) => {
      this.#current = id;
      return this.#stream.read(id, whole);
    };
    return attempt<NativeBatch>(begin, arrived, failed, this.#keepAlive);
  }

  /** Gives up a read that goes on. */
  rest(): void {
    this.#stream.rest(this.#current);
    forget(this.#current);
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
