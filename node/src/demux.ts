// Splits a multiplexed stream into its outputs, as `modem.demuxStream` always did: frame header of eight bytes, stdin goes with
// stderr, and what does not look like frames is passed on untouched. In place and in one loop, whatever the sizes; a full output
// pauses the source. New: type 3 frames carry the engine's own error, which destroys the source with it.

import { fromNative } from './errors';
import { LARGE_PIECES } from './streams';

export interface Output {
  write(chunk: Buffer): boolean;
  once?(event: string, listener: () => void): unknown;
  removeListener?(event: string, listener: () => void): unknown;
  end?(): unknown;
}

export interface Source {
  on(event: string, listener: (...args: any[]) => void): unknown;
  pause?(): unknown;
  resume?(): unknown;
  destroy?(error?: Error): unknown;
  emit(event: string, ...args: any[]): boolean;
  listenerCount?(event: string): number;
  [LARGE_PIECES]?(): void;
}

const HEADER = 8;
const SYSTEM_ERROR = 3;
/** No engine error is longer; a header that claims more is not one. */
const LONGEST_ERROR = 1 << 20;

/** The parser: bytes in, outputs called. Frames are passed on in pieces and never assembled. */
class Demultiplexer {
  readonly #stdout: (chunk: Buffer) => void;
  readonly #stderr: (chunk: Buffer) => void;
  readonly #fail: (message: string) => void;
  #header = Buffer.alloc(HEADER);
  #have = 0;
  #left = 0;
  #kind = 0;
  #raw = false;
  #message: Buffer[] = [];

  constructor(stdout: (chunk: Buffer) => void, stderr: (chunk: Buffer) => void, fail: (message: string) => void) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#fail = fail;
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#raw) {
        this.#stdout(at === 0 ? chunk : chunk.subarray(at));
        return;
      }
      at = this.#left > 0 ? this.#payload(chunk, at) : this.#head(chunk, at);
    }
  }

  /**
   * The source has ended: true when it stopped inside a frame. A rest that cannot begin one is passed on instead.
   */
  finish(): boolean {
    if (this.#raw) return false;
    if (this.#left > 0) return true;
    if (this.#have === 0) return false;
    if ((this.#header[0] as number) <= SYSTEM_ERROR) return true;
    this.#stdout(Buffer.from(this.#header.subarray(0, this.#have)));
    this.#have = 0;
    return false;
  }

  #payload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#emit(chunk.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0 && this.#kind === SYSTEM_ERROR) this.#finishError();
    return end;
  }

  #head(chunk: Buffer, at: number): number {
    let header = chunk;
    let from = at;
    const end = Math.min(chunk.length, at + HEADER - this.#have);
    if (end - at < HEADER) {
      // The header came in pieces: it is put together first.
      chunk.copy(this.#header, this.#have, at, end);
      this.#have += end - at;
      if (this.#have < HEADER) return end;
      header = this.#header;
      from = 0;
    }
    this.#have = 0;
    this.#kind = header[from] as number;
    this.#left = header.readUInt32BE(from + 4);
    const error = this.#kind === SYSTEM_ERROR && this.#left <= LONGEST_ERROR;
    if (this.#kind > 2 && !error) {
      this.#raw = true;
      this.#left = 0;
      this.#stdout(Buffer.from(header.subarray(from, from + HEADER)));
    } else if (this.#left === 0) {
      if (error) this.#finishError();
      else this.#emit(Buffer.alloc(0));
    }
    return end;
  }

  #emit(part: Buffer): void {
    if (this.#kind === 1) this.#stdout(part);
    else if (this.#kind === SYSTEM_ERROR) this.#message.push(Buffer.from(part));
    else this.#stderr(part);
  }

  #finishError(): void {
    const message = Buffer.concat(this.#message).toString().trim();
    this.#message = [];
    this.#fail(message || 'the engine ended the stream with an error and gave no reason');
  }
}

/** Passes chunks to an output and holds the source while any output is full. */
function writer(output: Output, source: Source, full: Set<Output>): (chunk: Buffer) => void {
  return (chunk) => {
    if (output.write(chunk) !== false || full.has(output) || !output.once) return;
    full.add(output);
    source.pause?.();
    // An output that closes will never drain; waiting for it would stop the other one for ever.
    const release = () => {
      output.removeListener?.('drain', release);
      output.removeListener?.('close', release);
      if (full.delete(output) && full.size === 0) source.resume?.();
    };
    output.once('drain', release);
    output.once('close', release);
  };
}

/** Options of `demuxStream` that the original does not have. */
export interface DemuxOptions {
  /** End both outputs when the source has ended. */
  end?: boolean;
}

/** Splits `source` into `stdout` and `stderr`. */
export function demuxStream(source: Source, stdout: Output, stderr: Output, options?: DemuxOptions): void {
  const full = new Set<Output>();
  const fail = (message: string, kind = 'daemon_stream') => {
    const error = fromNative({ kind, message });
    if (source.destroy) source.destroy(error);
    else source.emit('error', error);
  };
  const parser = new Demultiplexer(writer(stdout, source, full), writer(stderr, source, full), fail);
  // Frames do not care about HTTP chunks; another listener might.
  if (source.listenerCount?.('data') === 0) source[LARGE_PIECES]?.();
  source.on('data', (chunk: Buffer | string) => parser.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  source.on('end', () => {
    const cut = parser.finish();
    // An answer without a length ends when its connection does, so only the frames tell that something is missing. Said by our
    // own streams alone: others may have no listener for an error, and never had one to expect.
    if (cut && LARGE_PIECES in source) fail('the stream ended inside a frame', 'truncated');
    else if (options?.end) {
      stdout.end?.();
      stderr.end?.();
    }
  });
}
