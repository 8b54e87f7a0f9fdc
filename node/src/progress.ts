// Progress streams: JSON values, one a line, from pull, push, load and build.
// An error the engine reports inside the stream reaches `onFinished`, as does a stream that broke; text split anywhere stays whole.

import { StringDecoder } from 'node:string_decoder';
import { type Asked, askedFor, type EngineError, fromNative, fromWords } from './errors';
import { describeWords } from './native';
import { LARGE_PIECES } from './streams';

type Finished = (error: Error | null, output: any[]) => void;
type Progress = (event: any) => void;

/** What makes events from one line. Throws when the line cannot be understood. */
export type LineReader = (line: string) => any[];

/** One JSON value a line. */
export const readJson: LineReader = (line) => [JSON.parse(line)];

/** How many events of a build are searched for the step that failed. */
const LOG_EVENTS = 2000;

/** What an event says of a failure, if it reports one. */
function saidOf(event: any): unknown {
  return event?.errorDetail?.message ?? event?.error ?? undefined;
}

/** The failure that an event reports. `before` are the events up to it, `asked` is the request. */
function failureOf(said: unknown, event: any, before: any[], asked: Asked | undefined): EngineError {
  const words = typeof said === 'string' ? said : JSON.stringify(said);
  const printed = before.slice(-LOG_EVENTS).map((one) => (typeof one?.stream === 'string' ? one.stream : ''));
  const error = fromWords(words, describeWords(words, asked, printed.join('')));
  error.json = event;
  return error;
}

/** Follows a progress stream to its end and calls `onFinished` exactly once. */
export function follow(
  stream: NodeJS.ReadableStream,
  onFinished: Finished | undefined,
  onProgress: Progress | undefined,
  read: LineReader,
): void {
  const decoder = new StringDecoder('utf8');
  const output: any[] = [];
  /** Lines that have not been told yet; the last of them may go on. */
  let left: string[] = [];
  let failure: Error | undefined;
  let finished = false;

  const take = (line: string): void => {
    if (line.trim() === '') return;
    let events: any[];
    try {
      events = read(line);
    } catch (error) {
      finish(error as Error);
      return;
    }
    for (const event of events) {
      output.push(event);
      if (failure === undefined) {
        const said = saidOf(event);
        if (said !== undefined) failure = failureOf(said, event, output, askedFor.get(stream)?.());
      }
      onProgress?.(event);
    }
  };
  const takeAll = (text: string, isLast: boolean): void => {
    const lines = text.split('\n');
    lines[0] = (left.pop() ?? '') + lines[0];
    if (left.length > 0) lines.unshift(...left);
    const whole = isLast ? lines.length : lines.length - 1;
    let at = 0;
    try {
      while (at < whole && !finished) take(lines[at++] as string);
    } finally {
      // What `onProgress` throws is the program's affair; should it live on, the other lines are still to come.
      left = lines.slice(at);
    }
  };
  const onData = (chunk: Buffer | string): void => {
    takeAll(typeof chunk === 'string' ? chunk : decoder.write(chunk), false);
  };
  const onEnd = (): void => {
    takeAll(decoder.end(), true);
    finish(failure ?? null);
  };
  const onError = (error: Error): void => finish(error);
  const onClose = (): void => {
    if (!(stream as any).readableEnded && ((stream as any).aborted || (stream as any).destroyed)) {
      finish(failure ?? fromNative({ kind: 'truncated', message: 'the progress stream closed before its end' }));
    } else onEnd();
  };
  const finish = (error: Error | null): void => {
    if (finished) return;
    finished = true;
    stream.removeListener('data', onData);
    stream.removeListener('end', onEnd);
    stream.removeListener('close', onClose);
    // The error listener stays: what a stream reports after it was given up must not end the process.
    onFinished?.(error, output);
  };
  if (stream.listenerCount('data') === 0) (stream as any)[LARGE_PIECES]?.();
  stream.on('data', onData);
  stream.on('error', onError);
  stream.on('end', onEnd);
  stream.on('close', onClose);
}
