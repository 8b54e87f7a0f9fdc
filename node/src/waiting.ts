// `{ wait: true }` on pull, push, load, import and build: the call settles when the work is done, and rejects when it failed, also
// when the engine said so inside a welcome answer. `onProgress` hears every event, with the bytes summed over layers.

import type { LineReader } from './progress';
import type { ProgressTotal } from './types';

/** What a caller who waits asked for. */
export interface Wait {
  onProgress?: (event: any, total: ProgressTotal) => void;
  /** What makes events from lines, if not JSON. */
  read?: LineReader;
}

type Settle = (error: any, result?: any) => void;

/** Takes the wish out of the options (a private copy): it is never sent. `onProgress` alone means waiting, too. */
export function takeWait(options: any): Wait | undefined {
  const { wait, onProgress } = options;
  if (wait !== true && typeof onProgress !== 'function') return undefined;
  delete options.wait;
  delete options.onProgress;
  return typeof onProgress === 'function' ? { onProgress } : {};
}

/** What is said of a layer when there is nothing left to do for it. */
const FINISHED = /^(Pull complete|Already exists|Pushed|Layer already exists|Mounted from|Loaded|Download complete$)/;
const MOVING = /^(Downloading|Pushing|Loading layer)/;

/** Sums what moves over the network. Unpacking what has come is not counted again. */
export class Sum {
  readonly #layers = new Map<string, { current: number; total: number; finished: boolean }>();

  add(event: any): ProgressTotal {
    const { id, status, progressDetail } = event ?? {};
    if (typeof id === 'string' && typeof status === 'string') this.#note(id, status, progressDetail);
    const sum: ProgressTotal = { current: 0, total: 0, layers: 0, finished: 0 };
    for (const layer of this.#layers.values()) {
      sum.current += layer.current;
      sum.total += layer.total;
      sum.layers += 1;
      if (layer.finished) sum.finished += 1;
    }
    return sum;
  }

  #note(id: string, status: string, detail: any): void {
    const known = this.#layers.get(id);
    // The first event of a pull has the tag for its id: no layer.
    if (!known && status.startsWith('Pulling from')) return;
    const layer = known ?? { current: 0, total: 0, finished: false };
    if (!known) this.#layers.set(id, layer);
    if (MOVING.test(status) && typeof detail?.current === 'number') {
      layer.current = Math.max(layer.current, detail.current);
      layer.total = Math.max(layer.total, detail.total ?? 0, layer.current);
    } else if (FINISHED.test(status)) {
      layer.current = layer.total;
      layer.finished = status !== 'Download complete';
    }
  }
}

/** Follows a progress stream to its end and settles with its events, or with what went wrong. */
export function whole(stream: any, { onProgress, read }: Wait, settle: Settle): void {
  const { follow, readJson } = require('./progress') as typeof import('./progress');
  const sum = new Sum();
  let settled = false;
  const done = (error: Error | null, events: any[]) => {
    if (settled) return;
    settled = true;
    if (error) stream.destroy?.();
    settle(error, error ? undefined : events);
  };
  const heard = (event: any) => {
    if (settled) return;
    try {
      onProgress?.(event, sum.add(event));
    } catch (error) {
      done(error as Error, []);
    }
  };
  follow(stream, done, onProgress && heard, read ?? readJson);
}
