// Programs from npm that were written for dockerode run unchanged when an override puts dockline in its place.
// They run in an engine's network namespace, where published ports are reached.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engines, versions } from './engines.mjs';
import { home, setup } from './programs/setup.mjs';

const run = promisify(execFile);
const harness = fileURLToPath(new URL('../engine/engines.py', import.meta.url));
const folder = fileURLToPath(new URL('programs', import.meta.url));
const programs = readdirSync(folder).filter((name) => name.endsWith('.program.mjs'));
/** What is worth a run on engines of every age; the others run on the newest. */
const EVERYWHERE = 'testcontainers.program.mjs';

let copies;
before(() => {
  copies = setup();
});

test('there is one dockerode, and it is dockline', () => {
  const real = [...new Set(copies.map((at) => realpathSync(at)))];
  assert.deepEqual(real, [realpathSync(path.join(home, 'node_modules', 'dockerode'))]);
  assert.equal(JSON.parse(readFileSync(path.join(real[0], 'package.json'), 'utf8')).name, 'dockline');
});

for (const version of versions) {
  for (const program of programs) {
    if (version !== versions.at(-1) && program !== EVERYWHERE) continue;
    test(`${program} (engine ${version})`, async (t) => {
      const env = {
        ...process.env,
        DOCKER_HOST: engines()[version].host,
        // Its image cannot be pulled here; the programs clean up themselves.
        TESTCONTAINERS_RYUK_DISABLED: 'true',
      };
      const command = [harness, 'inside', version, '--', process.execPath, path.join(home, program)];
      const { stdout } = await run('python3', command, { env, signal: t.signal, cwd: home }).catch((error) => {
        throw new Error(`${program} failed\n${error.stdout}${error.stderr}`, { cause: error });
      });
      assert.match(stdout, /^ok (end|down|errors)$/m, 'it came to its end');
      for (const line of stdout.trim().split('\n')) t.diagnostic(line);
    });
  }
}
