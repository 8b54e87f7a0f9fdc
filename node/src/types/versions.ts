// API versions: findings, changes of meaning, negotiation.

import type { Loose } from './core';

/** What happens when an API version does not know a part of a request: a process warning, an error, or nothing. */
export type VersionPolicy = 'warn' | 'error' | 'ignore';

/** A request to check. A version in the path counts instead of `apiVersion`. */
export interface VersionCase
  extends Loose<{
    query: Record<string, any> | string;
    headers: Record<string, any>;
    /** The JSON body: an object, or its text. */
    body: any;
    /** Also report names that no version knows. */
    unknown: boolean;
  }> {
  method: string;
  path: string;
  apiVersion: string;
}

/** One thing a version does not know of a request. */
export interface VersionFinding
  extends Loose<{
    /** Its name (operation, query, header), or its path in the body. */
    name: string;
    path: string;
    since: string;
    removed: string;
    /** The value that is too new. */
    value: string;
    /** Known, but not more than once. */
    multi: true;
    /** Known to no version. */
    unknown: true;
    /** What may have been meant. */
    suggestion: string;
  }> {
  in: 'operation' | 'query' | 'header' | 'body';
}

/** A change of meaning that is not a new parameter. */
export interface VersionChange {
  id: string;
  /** `API 1.42`, `Engine 29.0`. */
  origin: string;
  area: string;
  what: string;
  consequence: string;
  hint: string;
}

/** The checker by itself: `Docker.versions`. */
export interface Versions {
  check(request: VersionCase): VersionFinding[];
  behaviours(request: VersionCase): VersionChange[];
  responseField(field: { method: string; path: string; field: string; apiVersion: string }): string | undefined;
}

/** How a client and its engine stand. `String(…)` and `console.log` show it in one line. */
export interface Negotiation {
  /** The version that is spoken. */
  readonly result: string;
  readonly engineRelease: string | undefined;
  readonly engineMin: string | undefined;
  readonly engineMax: string | undefined;
  readonly clientMin: string;
  readonly clientMax: string;
  /** The version that was asked for, and by what. */
  readonly pin: string | undefined;
  readonly pinSource: string | undefined;
  toString(): string;
}
