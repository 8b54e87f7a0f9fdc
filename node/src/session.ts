// The session a BuildKit build (`version: '2'`) calls back on: gRPC over the hijacked connection, we being the server.
// It serves registry credentials and the health check, the two things BuildKit asks a plain client for; Node's http2 carries it.

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

const OK = 0;
const UNIMPLEMENTED = 12;

/** A protobuf string field; an empty one is left out, as the format has it. */
function stringField(number: number, value: string | undefined): Buffer {
  if (!value) return Buffer.alloc(0);
  const bytes = Buffer.from(value);
  const head = [(number << 3) | 2];
  for (let length = bytes.length; ; length >>>= 7) {
    if (length < 0x80) {
      head.push(length);
      break;
    }
    head.push((length & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from(head), bytes]);
}

function credentials(auth: any): Buffer {
  return Buffer.concat([stringField(1, auth?.username), stringField(2, auth?.password)]);
}

const METHODS = {
  credentials: '/moby.filesync.v1.Auth/Credentials',
  health: '/grpc.health.v1.Health/Check',
};

function answerTo(path: string, auth: any): Buffer | undefined {
  if (path === METHODS.credentials) return credentials(auth);
  // "Serving": a client that cannot say so is dropped after a few seconds.
  if (path === METHODS.health) return Buffer.from([8, 1]);
  return undefined;
}

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, auth: any): void {
  stream.on('error', () => stream.close());
  stream.resume();
  stream.on('end', () => {
    const answer = answerTo(String(headers[':path']), auth);
    const status = answer ? OK : UNIMPLEMENTED;
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    if (!answer) {
      stream.respond({ ...head, 'grpc-status': String(status) }, { endStream: true });
      return;
    }
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(answer.length, 1);
    stream.end(Buffer.concat([prefix, answer]));
  });
}

/** Opens a session on the engine; the handler gets its id and the function that ends it. */
export function withSession(
  modem: any,
  auth: any,
  handler: (error: any, session: string, close: () => void) => void,
): void {
  const session = randomUUID();
  const request = {
    method: 'POST',
    path: '/session',
    hijack: true,
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': session,
      'X-Docker-Expose-Session-Name': 'dockline',
      'X-Docker-Expose-Session-Grpc-Method': Object.values(METHODS),
    },
    statusCodes: { 200: true, 500: 'server error' },
  };
  modem.dial(request, (error: any, socket: any) => {
    if (error) return handler(error, '', () => undefined);
    const http2 = require('node:http2') as typeof import('node:http2');
    const server = http2.createServer();
    server.on('stream', (stream, headers) => serve(stream, headers, auth));
    server.on('sessionError', () => socket.destroy());
    server.emit('connection', socket);
    socket.on('error', () => socket.destroy());
    handler(null, session, () => {
      socket.end();
      socket.destroySoon?.();
    });
  });
}
