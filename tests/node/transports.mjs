// What the transport tests share: a front before an engine, certificates of every kind, the processes this one has started.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HARNESS = fileURLToPath(new URL('../engine', import.meta.url));

/** The folder of tests/engine/certificates.py. */
export const certificates = execFileSync('python3', [join(HARNESS, 'certificates.py')], { encoding: 'utf8' }).trim();

/** A certificate or key. */
export function pem(name) {
  return readFileSync(join(certificates, `${name}.pem`));
}

/** An empty folder, until the test's end. */
export function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), 'dockline-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** tests/engine/front.py: a forwarder, a TLS front, a fault-injecting proxy. `t` is the test's context, at whose end it ends. */
export async function front(t, to, ...options) {
  const child = spawn('python3', [join(HARNESS, 'front.py'), '--to', to, ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  t.after(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    await ended;
  });
  const tell = async (line) => {
    child.stdin.write(`${line}\n`);
    return (await lines.next()).value;
  };
  return { port, url: `tcp://127.0.0.1:${port}`, tell, connections: async () => Number(await tell('count')) };
}

/** A front that leads into an engine's network namespace. */
export function frontInto(t, engine, to, ...options) {
  return front(t, to, '--netns', engine.netns, ...options);
}

/** The living processes this one has started, with `word` in their command line. */
export function children(word) {
  const found = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1).split(' ');
      if (!'ZX'.includes(fields[0]) && Number(fields[1]) === process.pid && line.includes(word))
        found.push(Number(name));
    } catch {
      // It has ended in the meantime.
    }
  }
  return found;
}

/** Waits until `condition` holds; the limit only ends what would never come, on a slow machine, too. */
export async function until(condition) {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`this does not come true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs `work` with these environment variables; undefined removes one. */
export async function withEnvironment(variables, work) {
  const before = Object.keys(variables).map((name) => [name, process.env[name]]);
  const set = (entries) => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(Object.entries(variables));
  try {
    return await work();
  } finally {
    set(before);
  }
}
