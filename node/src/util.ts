// Small helpers that dockerode's callers import from `dockerode/lib/util`.
// Nothing here talks to an engine. Arguments are copied, never changed.

import type { Callback } from './types';

/** The arguments of a method, whichever of its forms was used. */
export interface Arguments<O = Record<string, any>> {
  callback: Callback<any> | undefined;
  opts: O;
}

/** Copies the enumerable members of every source, inherited ones too, over `target`. */
export function extend<T extends object>(target: T, ...sources: unknown[]): T & Record<string, any> {
  for (const source of sources) {
    if (!source) continue;
    for (const key in source as Record<string, unknown>) {
      (target as Record<string, unknown>)[key] = (source as Record<string, unknown>)[key];
    }
  }
  return target;
}

/** Sorts out `(callback)`, `(options)` and `(options, callback)`; options are merged over the defaults into a new object. */
export function processArgs(opts: unknown, callback?: unknown, defaultOpts?: unknown): Arguments {
  const only = !callback && typeof opts === 'function';
  const chosen = only ? opts : callback;
  return {
    callback: typeof chosen === 'function' ? (chosen as Callback<any>) : undefined,
    opts: extend({}, defaultOpts, only ? undefined : opts),
  };
}

/** Splits `repository[:tag|@digest]`; a colon that belongs to a registry's port is not a tag. */
export function parseRepositoryTag(input: string): { repository: string; tag?: string } {
  const digest = input.indexOf('@');
  const separator = digest >= 0 ? digest : input.lastIndexOf(':');
  if (separator < 0) return { repository: input };
  const tag = input.slice(separator + 1);
  if (tag.includes('/')) return { repository: input };
  return { repository: input.slice(0, separator), tag };
}

/** Turns a `{context, src}` pair into a gzipped tar stream for the builder; anything else is passed on as it is. */
export function prepareBuildContext(file: any, next: (context: any) => void): void {
  if (!file?.context) {
    next(file);
    return;
  }
  // Loaded when first needed: most programs never build.
  const { openContext } = require('./build-context') as typeof import('./build-context');
  next(openContext(file));
}
