// The fake engine for Node tests: start it, read what it was sent, change what it plays. Standard library only.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SCENARIOS = join(ROOT, 'tests', 'fake_engine', 'scenarios');

/** The program, built on first use. */
export function program() {
  if (process.env.DOCKLINE_FAKE_ENGINE) return process.env.DOCKLINE_FAKE_ENGINE;
  const built = join(ROOT, 'target', 'debug', 'fake-engine');
  if (!existsSync(built)) {
    execFileSync('cargo', ['build', '--quiet', '-p', 'fake-engine'], { cwd: ROOT, stdio: 'inherit' });
  }
  return built;
}

export class FakeEngine {
  /**
   * Starts one. `scenario` is an object, or the name of a file in tests/fake_engine/scenarios without its ending.
   * @param {string | object} [scenario]
   * @param {{tcp?: boolean}} [options]
   * @returns {Promise<FakeEngine>}
   */
  static async start(scenario, { tcp = false } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
    const args = tcp ? ['--tcp', '127.0.0.1:0'] : ['--unix', join(folder, 'engine.sock')];
    if (typeof scenario === 'string') {
      args.push('--scenario', join(SCENARIOS, `${scenario}.json`));
    } else if (scenario !== undefined) {
      const file = join(folder, 'scenario.json');
      writeFileSync(file, JSON.stringify(scenario));
      args.push('--scenario', file);
    }
    const child = spawn(program(), args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      exited.then(() => undefined),
    ]);
    if (first === undefined) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`the fake engine did not start: ${args.join(' ')}`);
    }
    return new FakeEngine(child, exited, folder, JSON.parse(first).address);
  }

  constructor(child, exited, folder, url) {
    this.child = child;
    this.exited = exited;
    this.folder = folder;
    /** Where it listens, as DOCKER_HOST has it. */
    this.url = url;
  }

  /** The options that make `new Docker(…)` talk to it. */
  get options() {
    if (this.url.startsWith('unix://')) return { socketPath: this.url.slice('unix://'.length) };
    const { hostname, port } = new URL(this.url.replace(/^tcp:/, 'http:'));
    return { host: hostname, port: Number(port), protocol: 'http' };
  }

  /** What it was sent; the bodies as Buffers under `body` and `upgraded`. */
  async requests() {
    const records = await this.#control('GET', 'requests');
    for (const record of records) {
      record.body = Buffer.from(record.body_base64, 'base64');
      record.upgraded = Buffer.from(record.upgraded_base64, 'base64');
    }
    return records;
  }

  /** Forgets what it was sent. */
  async clear() {
    await this.#control('DELETE', 'requests');
  }

  /** `{open, total, written, upgraded}`. */
  async connections() {
    return this.#control('GET', 'connections');
  }

  /** Closes every connection and goes on listening. */
  async dropConnections() {
    await this.#control('DELETE', 'connections');
  }

  /** Plays another scenario from the next request on. */
  async scenario(scenario) {
    const text =
      typeof scenario === 'string'
        ? readFileSync(join(SCENARIOS, `${scenario}.json`), 'utf8')
        : JSON.stringify(scenario);
    await this.#control('POST', 'scenario', text);
  }

  /** Lets answers pass that wait at this gate. */
  async openGate(name) {
    await this.#control('POST', `gate/${name}`);
  }

  /** Ends it; its connections are closed. */
  async stop() {
    this.child.stdin.end();
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop();
  }

  #control(method, what, body) {
    return new Promise((resolve, reject) => {
      const head = { method, path: `/__fake/${what}`, agent: false };
      if (body !== undefined) head.headers = { 'Content-Length': Buffer.byteLength(body) };
      const sent = request({ ...this.options, protocol: 'http:', ...head }, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const value = JSON.parse(Buffer.concat(pieces).toString());
          if (answer.statusCode === 200) resolve(value);
          else reject(new Error(value.message));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
