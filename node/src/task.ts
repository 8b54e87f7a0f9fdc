// Swarm tasks: `docker.getTask(id)`.

import { type Resource, resource } from './method';
import type { TaskClass } from './types';

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
  this.defaultOptions = { log: {} };
}

const Task = resource<TaskClass>('Task', init, {
  inspect: {
    verb: 'GET',
    path: '/tasks/{}',
    send: false,
    statuses: { 200: true, 404: 'unknown task', 500: 'server error' },
  },
  logs: {
    verb: 'GET',
    path: '/tasks/{}/logs?',
    defaults: 'log',
    stream: (options) => options.follow || false,
    statuses: {
      101: true,
      200: true,
      404: 'no such container',
      500: 'server error',
      503: 'node is not part of a swarm',
    },
  },
});

export = Task;
