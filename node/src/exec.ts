// Exec instances: made by `container.exec()`, or by id with `docker.getExec(id)`.

import { type Resource, resource } from './method';
import type { ExecClass } from './types';

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Exec = resource<ExecClass>('Exec', init, {
  start: {
    verb: 'POST',
    path: '/exec/{}/start',
    stream: true,
    // The engine wants a body here even when there is nothing to say.
    allowEmpty: true,
    statuses: {
      200: true,
      204: true,
      404: 'no such exec',
      409: 'container stopped/paused',
      500: 'container not running',
    },
    prepare(options, dial) {
      dial.hijack = options.hijack;
      dial.openStdin = options.stdin;
    },
  },
  resize: {
    verb: 'POST',
    path: '/exec/{}/resize?',
    statuses: { 200: true, 404: 'no such exec', 500: 'container not running' },
  },
  inspect: {
    verb: 'GET',
    path: '/exec/{}/json',
    send: false,
    statuses: { 200: true, 404: 'no such exec', 500: 'server error' },
  },
});

export = Exec;
