// Writes tar archives: ustar headers, and pax records for what does not fit them. Bytes out, no file is touched here.

const BLOCK = 512;

/** One entry's header. */
export interface Entry {
  name: string;
  type: 'file' | 'directory' | 'symlink';
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: Date;
  linkname?: string;
}

const TYPES = { file: '0', directory: '5', symlink: '2', pax: 'x' };

function octal(header: Buffer, value: number, at: number, length: number): boolean {
  const digits = Math.max(0, Math.floor(value)).toString(8);
  const fits = digits.length < length;
  header.write((fits ? digits : '0').padStart(length - 1, '0'), at, 'latin1');
  return fits;
}

function block(entry: Omit<Entry, 'type'> & { type: keyof typeof TYPES }): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(entry.name, 0, 100, 'utf8');
  octal(header, entry.mode & 0o7777, 100, 8);
  octal(header, entry.uid, 108, 8);
  octal(header, entry.gid, 116, 8);
  octal(header, entry.size, 124, 12);
  octal(header, entry.mtime.getTime() / 1000, 136, 12);
  header.fill(' ', 148, 156);
  header.write(TYPES[entry.type], 156, 'latin1');
  header.write(entry.linkname ?? '', 157, 100, 'utf8');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** A pax record carries its own length, which counts itself. */
function record(key: string, value: string): string {
  const bare = Buffer.byteLength(` ${key}=${value}\n`);
  let length = bare;
  while (bare + String(length).length !== length) length = bare + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function tooLong(text: string): boolean {
  return Buffer.byteLength(text) > 100 || /[^ -~]/.test(text);
}

/** The zeros that fill a file up to whole blocks. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** An entry's header blocks. */
export function header(entry: Entry): Buffer {
  let records = '';
  if (tooLong(entry.name)) records += record('path', entry.name);
  if (entry.linkname && tooLong(entry.linkname)) records += record('linkpath', entry.linkname);
  if (entry.size > 0o77777777777) records += record('size', String(entry.size));
  if (entry.uid > 0o7777777) records += record('uid', String(entry.uid));
  if (entry.gid > 0o7777777) records += record('gid', String(entry.gid));
  if (records === '') return block(entry);
  const body = Buffer.from(records);
  const pax = block({ ...entry, name: 'PaxHeader', type: 'pax', size: body.length, linkname: '' });
  return Buffer.concat([pax, body, padding(body.length), block(entry)]);
}

/** The end of an archive. */
export const END = Buffer.alloc(2 * BLOCK);
