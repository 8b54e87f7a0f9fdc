// Packs `{context, src}` for the builder: the named entries and what is below them, minus .dockerignore, as a gzipped tar.
// Streamed: one file is open at a time and nothing is written to disk.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Ignore } from './ignore';
import { END, type Entry, header, padding } from './tar';

/** What `buildImage` takes in place of a tar. */
export interface BuildContext {
  context: string;
  src?: string[];
}

async function rules(context: string): Promise<Ignore> {
  try {
    return new Ignore(await fs.promises.readFile(path.join(context, '.dockerignore'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Ignore('');
    throw error;
  }
}

async function* file(full: string, size: number): AsyncGenerator<Buffer> {
  let left = size;
  if (size > 0) {
    // Never more than the header promised, even when the file grows meanwhile.
    for await (const part of fs.createReadStream(full, { end: size - 1, highWaterMark: 256 * 1024 })) {
      left -= (part as Buffer).length;
      yield part as Buffer;
    }
  }
  if (left !== 0) throw new Error(`${full} shrank while it was sent: ${left} of ${size} bytes are missing`);
  yield padding(size);
}

async function* entry(context: string, name: string, ignore: Ignore): AsyncGenerator<Buffer> {
  const full = path.join(context, name);
  const excluded = name !== '.' && ignore.excludes(name);
  const stat = await fs.promises.lstat(full);
  if (excluded && !(stat.isDirectory() && ignore.mayBringBack)) return;
  const head: Entry = {
    name,
    type: 'file',
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    size: 0,
    mtime: stat.mtime,
  };
  if (stat.isDirectory()) {
    if (!excluded && name !== '.') yield header({ ...head, name: `${name}/`, type: 'directory' });
    for (const child of (await fs.promises.readdir(full)).sort()) {
      yield* entry(context, name === '.' ? child : `${name}/${child}`, ignore);
    }
  } else if (stat.isSymbolicLink()) {
    yield header({ ...head, type: 'symlink', linkname: await fs.promises.readlink(full) });
  } else if (stat.isFile()) {
    yield header({ ...head, size: stat.size });
    yield* file(full, stat.size);
  }
}

async function* archive({ context, src }: BuildContext): AsyncGenerator<Buffer> {
  const ignore = await rules(context);
  for (const given of src ?? ['.']) {
    const name = path.posix.normalize(given.replace(/\\/g, '/')).replace(/\/$/, '');
    yield* entry(context, name, ignore);
  }
  yield END;
}

/** The gzipped tar of a context. */
export function openContext(context: BuildContext): Readable {
  const output = new PassThrough();
  // A failure destroys the output with it, which fails the request.
  pipeline(Readable.from(archive(context), { objectMode: false }), createGzip(), output, () => undefined);
  return output;
}
