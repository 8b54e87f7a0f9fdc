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

/** The failure an event reports, if it reports one. `before` are the events up to it, `asked` is the request. */
export function failureOf(event: any, before: any[] = [], asked?: Asked): EngineError | undefined {
  const said = event?.errorDetail?.message ?? event?.error;
  if (said === undefined || said === null) return undefined;
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
  let rest = '';
  let failure: Error | undefined;
  let finished = false;

  const take = (line: string): void => {
    if (line.trim() === '') return;
    for (const event of read(line)) {
      output.push(event);
      failure ??= failureOf(event, output, askedFor.get(stream)?.());
      onProgress?.(event);
    }
  };
  const onData = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    const lines = text.split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() as string;
    try {
      lines.forEach(take);
    } catch (error) {
      finish(error as Error);
    }
  };
  const onEnd = (): void => {
    try {
      take(rest + decoder.end());
      finish(failure ?? null);
    } catch (error) {
      finish(error as Error);
    }
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
