/**
 * Real engines for node:test.
 *
 * `DOCKLINE_ENGINES` says what runs; when it is not set, the harness is asked to start the three. An
 * engine that cannot be had throws: nothing here skips.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const harnessPath = fileURLToPath(new URL('../engine/engines.py', import.meta.url));
const versionsPath = fileURLToPath(new URL('../engine/versions.json', import.meta.url));

/** The versions there are, oldest first. */
export const versions = Object.keys(JSON.parse(readFileSync(versionsPath, 'utf8')).engines);

/** Run one verb of the harness; its progress goes to the terminal. */
export function harness(...words) {
  return execFileSync('python3', [harnessPath, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

let known;

/** The three engines by version, started when nobody has: what `engines.py env --json` prints. */
export function engines() {
  if (known === undefined) {
    const given = JSON.parse(process.env.DOCKLINE_ENGINES ?? '{}');
    const complete = versions.every((version) => version in given);
    known = complete ? given : JSON.parse(harness('up', '--json'));
  }
  return known;
}

/** The newest engine, for what does not depend on the version. */
export function newestEngine() {
  return engines()[versions.at(-1)];
}

let count = 0;

/** Start an engine for one test alone; `t` is the test's context, at whose end it is removed. */
export function ownEngine(t, version = versions.at(-1), ...extra) {
  const name = `${version}@js${process.pid}x${count++}`;
  const options = extra.map((option) => `--extra=${option}`);
  const facts = JSON.parse(harness('up', name, '--json', `--owner=${process.pid}`, ...options))[name];
  t.after(() => harness('down', name));
  return {
    ...facts,
    crash: () => harness('crash', name),
    restart: (...more) => harness('restart', name, ...more.map((option) => `--extra=${option}`)),
    pause: () => harness('pause', name),
    resume: () => harness('resume', name),
  };
}

/** Declare the same test for every engine: `onEveryEngine(test, "logs", async (engine, t) => …)`. */
export function onEveryEngine(test, name, work, options = {}) {
  for (const version of versions) {
    test(`${name} (engine ${version})`, options, (t) => work(engines()[version], t));
  }
}
