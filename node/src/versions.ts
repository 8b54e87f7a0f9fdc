// What API versions know: the checker by itself, for programs and tests. Nothing here sends anything; the core does the work.

import { fromNative } from './errors';
import { versionsOf } from './native';
import type { VersionCase, VersionChange, VersionFinding, Versions } from './types';

/** What the core refuses is the caller's mistake: said as any other invalid argument. */
function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if ((error as { code?: string }).code !== 'GenericFailure') throw error;
    throw fromNative({ kind: 'invalid_argument', message: (error as Error).message });
  }
}

function written(given: VersionCase): string {
  const { method, path, apiVersion, query, headers, body } = given;
  const plain = Buffer.isBuffer(body) ? body.toString() : body;
  return asked(() => JSON.stringify({ method, path, api_version: apiVersion, query, headers, body: plain }));
}

/** What `apiVersion` does not know of a request: an empty list when it knows everything. */
function check(given: VersionCase): VersionFinding[] {
  return JSON.parse(asked(() => versionsOf().checkJson(written(given), given.unknown === true)));
}

/** The changes of meaning that touch a request, oldest first. */
function behaviours(given: VersionCase): VersionChange[] {
  return asked(() => versionsOf().behavioursJson(written(given)));
}

/** Why answers of an operation may lack a field at `apiVersion`; undefined when nothing is known to have happened to it. */
function responseField(given: { method: string; path: string; field: string; apiVersion: string }): string | undefined {
  const spoken = { version: given.apiVersion, why: 'pinned', by: 'the argument apiVersion' };
  return asked(() => versionsOf().responseField(given.method, given.path, given.field, spoken)) ?? undefined;
}

export const versions: Versions = { check, behaviours, responseField };
