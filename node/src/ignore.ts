// .dockerignore: which paths of a build context stay behind. Later patterns win, `!` brings back, `**` crosses directories.
// Pure: text and relative paths in, a decision out.

interface Pattern {
  negated: boolean;
  expression: RegExp;
}

function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0) parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** One pattern as an expression that also matches everything below what it names. */
function compile(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') {
        at++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) throw new Error(`.dockerignore: unclosed [ in ${pattern}`);
      source += pattern.slice(at, close + 1).replace(/\\/g, '\\\\');
      at = close;
    } else if (char === '\\' && at + 1 < pattern.length) {
      at++;
      source += (pattern[at] as string).replace(/[^\w]/g, '\\$&');
    } else source += char.replace(/[.+^${}()|\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}(?:/.*)?$`, 's');
}

/** The rules of one .dockerignore file. */
export class Ignore {
  readonly #patterns: Pattern[] = [];

  constructor(text: string) {
    for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      const negated = line.startsWith('!');
      const pattern = clean(negated ? line.slice(1).trim() : line);
      if (pattern !== '') this.#patterns.push({ negated, expression: compile(pattern) });
    }
  }

  /** Whether a path, relative to the context and with forward slashes, stays behind. */
  excludes(path: string): boolean {
    if (this.#patterns.length === 0) return false;
    const wanted = clean(path);
    let excluded = false;
    for (const { negated, expression } of this.#patterns) {
      if (excluded === negated && expression.test(wanted)) excluded = !negated;
    }
    return excluded;
  }

  /** Whether something below an excluded directory may come back. */
  get mayBringBack(): boolean {
    return this.#patterns.some(({ negated }) => negated);
  }
}
