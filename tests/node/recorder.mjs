// A recording engine for differential tests: answers every request with the same bytes and keeps what it was sent.

import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Headers that differ between clients without meaning anything to an engine. */
const IGNORED = new Set(['host', 'connection', 'user-agent', 'accept', 'content-length', 'transfer-encoding']);

export class Recorder {
  /** What each request was answered with: `(request) => ({status, headers, body})`. */
  answer = () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' });
  requests = [];

  static async start() {
    const recorder = new Recorder();
    recorder.folder = mkdtempSync(path.join(tmpdir(), 'recorder-'));
    recorder.socketPath = path.join(recorder.folder, 'engine.sock');
    recorder.server = http.createServer((request, response) => recorder.#serve(request, response));
    // A connection that is kept is never closed just when a client uses it again.
    recorder.server.keepAliveTimeout = 0;
    recorder.server.on('upgrade', (request, socket, head) => recorder.#upgrade(request, socket, head));
    await new Promise((resolve) => recorder.server.listen(recorder.socketPath, resolve));
    return recorder;
  }

  #record(request, body) {
    const url = new URL(request.url, 'http://engine');
    const headers = Object.entries(request.headers).filter(([name]) => !IGNORED.has(name));
    const record = {
      method: request.method,
      target: request.url,
      path: url.pathname,
      body,
      headers: Object.fromEntries(headers),
    };
    // A body of no bytes and no body are the same thing to an engine.
    record.sized = request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0';
    this.requests.push(record);
  }

  async #serve(request, response) {
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return;
    }
    this.#record(request, Buffer.concat(parts).toString('latin1'));
    const { status = 200, headers = {}, body = '' } = this.answer(request);
    response.writeHead(status, headers);
    response.end(body);
  }

  #upgrade(request, socket, head) {
    socket.on('error', () => undefined);
    const length = Number(request.headers['content-length'] ?? 0);
    let body = Buffer.alloc(0);
    const take = (part) => {
      body = Buffer.concat([body, part]);
      if (body.length < length) return;
      socket.removeListener('data', take);
      this.#record(request, body.subarray(0, length).toString('latin1'));
      // The first bytes come with the head, as real engines send them.
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello');
      socket.end();
    };
    socket.on('data', take);
    take(head);
  }

  /** What has been recorded since the last time. */
  take() {
    return this.requests.splice(0);
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
