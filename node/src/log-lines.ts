// `container.logs({ lines: true })`: a container's output line by line, as an async iterable of `{ stream, line, time }`.
// The engine sends long lines in several frames, each with a time of its own: they are put together again. Pulled: nothing is read
// ahead of the reader but one piece of the stream. Leaving the loop closes the connection.

import { fromNative } from './errors';
import type { LogLine } from './types';

/** No line is longer: an engine that never ends one would fill the memory. */
const LONGEST = 16 << 20;
const HEADER = 8;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /;
/** No time is longer. */
const TIME_BYTES = 40;

interface Rest {
  parts: Buffer[];
  size: number;
  time: string | undefined;
}

/** Bytes in, lines out. */
export class LineParser {
  readonly #tty: boolean;
  readonly #times: boolean;
  readonly #rests: Record<'stdout' | 'stderr', Rest | undefined> = { stdout: undefined, stderr: undefined };
  #left: Buffer = Buffer.alloc(0);

  constructor(tty: boolean, times: boolean) {
    this.#tty = tty;
    this.#times = times;
  }

  feed(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    if (this.#tty) {
      this.#split('stdout', chunk, lines);
      return lines;
    }
    const bytes = this.#left.length > 0 ? Buffer.concat([this.#left, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const size = bytes.readUInt32BE(at + 4);
      if (size > LONGEST) throw tooLong();
      const end = at + HEADER + size;
      if (end > bytes.length) break;
      this.#frame(bytes[at] as number, bytes.subarray(at + HEADER, end), lines);
      at = end;
    }
    this.#left = bytes.subarray(at);
    return lines;
  }

  /** The source has ended: what has no newline is a line, too. */
  finish(): LogLine[] {
    if (this.#left.length > 0) throw fromNative({ kind: 'truncated', message: 'the log ended inside a frame' });
    const lines: LogLine[] = [];
    for (const stream of ['stdout', 'stderr'] as const) if (this.#rests[stream]) this.#end(stream, lines);
    return lines;
  }

  #frame(kind: number, payload: Buffer, lines: LogLine[]): void {
    if (kind === 3) throw fromNative({ kind: 'daemon_stream', message: payload.toString().trim() });
    const stream = kind === 2 ? 'stderr' : 'stdout';
    // A frame that goes on with a line begins with a time again, which is not part of the line.
    const rest = this.#rests[stream] && this.#times ? payload.subarray(timeOf(payload).length) : payload;
    this.#split(stream, rest, lines);
  }

  #split(stream: 'stdout' | 'stderr', bytes: Buffer, lines: LogLine[]): void {
    let at = 0;
    while (at < bytes.length) {
      const end = bytes.indexOf(10, at);
      this.#add(stream, bytes.subarray(at, end < 0 ? bytes.length : end));
      if (end < 0) return;
      this.#end(stream, lines);
      at = end + 1;
    }
  }

  #add(stream: 'stdout' | 'stderr', part: Buffer): void {
    let rest = this.#rests[stream];
    if (!rest) {
      rest = { parts: [], size: 0, time: undefined };
      this.#rests[stream] = rest;
    }
    rest.parts.push(part);
    rest.size += part.length;
    if (rest.size > LONGEST) throw tooLong();
  }

  #end(stream: 'stdout' | 'stderr', lines: LogLine[]): void {
    const { parts } = this.#rests[stream] as Rest;
    this.#rests[stream] = undefined;
    let bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const stamp = this.#times ? timeOf(bytes) : '';
    // A terminal ends its lines with CR and LF.
    const end = this.#tty && bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
    bytes = bytes.subarray(stamp.length, end);
    lines.push({ stream, line: bytes.toString(), time: stamp ? stamp.slice(0, -1) : undefined });
  }
}

function timeOf(bytes: Buffer): string {
  return TIME.exec(bytes.toString('latin1', 0, TIME_BYTES))?.[0] ?? '';
}

function tooLong(): Error {
  const hint = 'read the log as a stream instead of in lines';
  return fromNative({ kind: 'too_large', message: 'a line of the log is longer than 16 MiB', hint });
}

/** Opens the log, and says whether it comes from a terminal: raw, without frames. */
export type OpenLog = () => Promise<{ stream: NodeJS.ReadableStream & { destroy?(): unknown }; tty: boolean }>;

/** The lines of a log. Nothing is sent before the first is asked for. */
export class LogLines implements AsyncIterableIterator<LogLine> {
  readonly #lines: AsyncGenerator<LogLine, void>;
  #stream: { destroy?(): unknown } | undefined;
  #closed = false;

  constructor(open: OpenLog, times: boolean) {
    this.#lines = this.#run(open, times);
  }

  async *#run(open: OpenLog, times: boolean): AsyncGenerator<LogLine, void> {
    const { stream, tty } = await open();
    this.#stream = stream;
    if (this.#closed) stream.destroy?.();
    const parser = new LineParser(tty, times);
    try {
      for await (const chunk of stream) yield* parser.feed(chunk as Buffer);
      yield* parser.finish();
    } catch (error) {
      // Closed by the reader while it waited: that is no failure.
      if (!this.#closed) throw error;
    } finally {
      stream.destroy?.();
    }
  }

  next(): Promise<IteratorResult<LogLine, void>> {
    return this.#lines.next();
  }

  /** Closes the connection; a `next()` that waits is done. */
  return(): Promise<IteratorResult<LogLine, void>> {
    this.#closed = true;
    this.#stream?.destroy?.();
    return this.#lines.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [(Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')) as typeof Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
