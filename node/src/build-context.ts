// Packs `{context, src}` for the builder: the named entries and what is below them, minus .dockerignore, as a gzipped tar.
// Here it is decided what goes in; the native side reads and compresses it while it is sent. Nothing is written to disk.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { getSystemErrorName } from 'node:util';

/** What `buildImage` takes in place of a tar. */
export interface BuildContext {
  context: string;
  src?: string[];
}

/** What could not be done with a file. */
interface FileFailure {
  errno?: number;
  syscall: string;
  path: string;
  message: string;
}

/** An archive that is made while it is read. */
interface ContextArchive {
  /** The next piece; null at the end. */
  next(): Promise<Buffer | FileFailure | null>;
}

/** Which paths stay behind. */
interface Rules {
  excludes(name: string): boolean;
  /** Whether something below an excluded folder may come back. */
  mayBringBack: boolean;
}

async function rules(context: string): Promise<Rules> {
  let text: string;
  try {
    text = await fs.promises.readFile(path.join(context, '.dockerignore'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { excludes: () => false, mayBringBack: false };
  }
  const { default: dockerignore } = require('@balena/dockerignore') as typeof import('@balena/dockerignore');
  const found = dockerignore({ ignorecase: false }).add(text);
  return { excludes: (name) => found.ignores(name), mayBringBack: /^\s*!/m.test(text) };
}

/** Lists what goes in of an entry: its own name, then what is below it. */
async function list(context: string, name: string, isFolder: boolean, ignore: Rules, names: string[]): Promise<void> {
  const isRoot = name === '.';
  const excluded = !isRoot && ignore.excludes(name);
  if (excluded && !(isFolder && ignore.mayBringBack)) return;
  if (!excluded && !isRoot) names.push(name);
  if (!isFolder) return;
  const entries = await fs.promises.readdir(path.join(context, name), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const below = isRoot ? entry.name : `${name}/${entry.name}`;
    if (entry.isDirectory()) await list(context, below, true, ignore, names);
    else if (!ignore.excludes(below)) names.push(below);
  }
}

async function open({ context, src }: BuildContext): Promise<ContextArchive> {
  const ignore = await rules(context);
  const names: string[] = [];
  for (const given of src ?? ['.']) {
    const name = path.posix.normalize(given.replace(/\\/g, '/')).replace(/\/$/, '');
    const stat = await fs.promises.lstat(path.join(context, name));
    await list(context, name, stat.isDirectory(), ignore, names);
  }
  const { native } = require('../native.cjs') as {
    native: { ContextArchive: new (root: string, names: string[]) => ContextArchive };
  };
  return new native.ContextArchive(context, names);
}

/** The error that Node itself would have given, where the system had one. */
function failure({ errno, syscall, path: file, message }: FileFailure): Error {
  if (errno === undefined || process.platform === 'win32') return new Error(`${file} cannot be read: ${message}`);
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: ${message}, ${syscall} '${file}'`), {
    errno: -errno,
    code,
    syscall,
    path: file,
  });
}

/** The gzipped tar of a context. */
export function openContext(context: BuildContext): Readable {
  let archive: Promise<ContextArchive> | undefined;
  const next = async () => {
    archive ??= open(context);
    const piece = await (await archive).next();
    if (piece !== null && !Buffer.isBuffer(piece)) throw failure(piece);
    return piece;
  };
  return new Readable({
    read() {
      next().then(
        (piece) => this.push(piece),
        // A failure destroys the stream, which fails the request.
        (error: Error) => this.destroy(error),
      );
    },
  });
}
