// Containers: `docker.getContainer(id)`. Every method is a row; its types are in types/container.ts.

import Exec = require('./exec');

import { dial, type Resource, resource } from './method';
import type { ContainerClass, DialOptions, StatusCodes } from './types';

const OK: StatusCodes = { 200: true };
const DONE: StatusCodes = { 200: true, 204: true };
const MADE: StatusCodes = { 200: true, 201: true };
const FAULTS: StatusCodes = { 404: 'no such container', 500: 'server error' };
const BAD: StatusCodes = { 400: 'bad parameter' };
const BAD_ARCHIVE: StatusCodes = { 400: 'client error, bad parameters' };

/** Options that are meant for every call of a method, empty until somebody fills them in. Written out: a container is made often. */
function defaults(): Record<string, object> {
  return {
    top: {},
    start: {},
    commit: {},
    stop: {},
    pause: {},
    unpause: {},
    restart: {},
    resize: {},
    attach: {},
    remove: {},
    copy: {},
    kill: {},
    exec: {},
    rename: {},
    log: {},
    stats: {},
    getArchive: {},
    infoArchive: {},
    putArchive: {},
    update: {},
    wait: {},
  };
}

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
  this.defaultOptions = defaults();
}

/** A log as an iterable of lines. Times are asked for unless the caller does not want them. */
function linesOf(container: Resource, options: any, request: DialOptions): unknown {
  const { LogLines } = require('./log-lines') as typeof import('./log-lines');
  const { lines: _, timestamps = true, ...given } = options;
  if (!given.stdout && !given.stderr) Object.assign(given, { stdout: true, stderr: true });
  const asked = { ...request, options: { ...given, timestamps }, isStream: true };
  return new LogLines(async () => {
    const stream = await dial(container, asked, undefined);
    // Engines before API 1.42 call framed output raw, too: then only the container's settings tell.
    const framed = /multiplexed/.test(stream.headers?.['content-type'] ?? '');
    if (framed) return { stream, tty: false };
    stream.pause?.();
    try {
      const { Config } = await (container as any).inspect();
      return { stream, tty: Config.Tty === true };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }, timestamps);
}

const Container = resource<ContainerClass>('Container', init, {
  inspect: { verb: 'GET', path: '/containers/{}/json?', statuses: { ...OK, ...FAULTS } },
  rename: { verb: 'POST', path: '/containers/{}/rename?', statuses: { ...DONE, ...FAULTS }, defaults: 'rename' },
  update: { verb: 'POST', path: '/containers/{}/update', statuses: { ...DONE, ...BAD, ...FAULTS }, defaults: 'update' },
  top: { verb: 'GET', path: '/containers/{}/top?', statuses: { ...OK, ...FAULTS }, defaults: 'top' },
  changes: { verb: 'GET', path: '/containers/{}/changes', statuses: { ...OK, ...FAULTS }, send: false },
  listCheckpoint: { verb: 'GET', path: '/containers/{}/checkpoints?', statuses: { ...OK, ...FAULTS } },
  deleteCheckpoint: {
    verb: 'DELETE',
    path: '/containers/{}/checkpoints/{}?',
    form: 'name-first',
    statuses: { ...DONE, ...FAULTS },
  },
  createCheckpoint: {
    verb: 'POST',
    path: '/containers/{}/checkpoints',
    allowEmpty: true,
    statuses: { ...DONE, ...MADE, ...FAULTS },
  },
  export: { verb: 'GET', path: '/containers/{}/export', stream: true, statuses: { ...OK, ...FAULTS }, send: false },
  start: {
    verb: 'POST',
    path: '/containers/{}/start?',
    defaults: 'start',
    statuses: { ...DONE, 304: 'container already started', ...FAULTS },
  },
  pause: {
    verb: 'POST',
    path: '/containers/{}/pause',
    defaults: 'pause',
    statuses: { ...DONE, 500: 'server error' },
  },
  unpause: { verb: 'POST', path: '/containers/{}/unpause', defaults: 'unpause', statuses: { ...DONE, ...FAULTS } },
  exec: {
    verb: 'POST',
    path: '/containers/{}/exec',
    defaults: 'exec',
    statuses: { ...MADE, 409: 'container stopped/paused', ...FAULTS },
    reply(answer) {
      return new Exec(this.modem, answer.Id);
    },
  },
  commit: {
    verb: 'POST',
    path: '/commit?',
    defaults: 'commit',
    statuses: { ...MADE, ...FAULTS },
    prepare(options) {
      options.container = this.id;
    },
  },
  stop: {
    verb: 'POST',
    path: '/containers/{}/stop?',
    defaults: 'stop',
    statuses: { ...DONE, 304: 'container already stopped', ...FAULTS },
  },
  restart: { verb: 'POST', path: '/containers/{}/restart?', defaults: 'restart', statuses: { ...DONE, ...FAULTS } },
  kill: { verb: 'POST', path: '/containers/{}/kill?', defaults: 'kill', statuses: { ...DONE, ...FAULTS } },
  resize: { verb: 'POST', path: '/containers/{}/resize?', defaults: 'resize', statuses: { ...OK, ...BAD, ...FAULTS } },
  attach: {
    verb: 'POST',
    path: '/containers/{}/attach?',
    defaults: 'attach',
    stream: true,
    statuses: { ...OK, ...FAULTS },
    prepare(options, dial) {
      dial.hijack = options.hijack;
      dial.openStdin = options.stdin;
    },
  },
  wait: { verb: 'POST', path: '/containers/{}/wait?', defaults: 'wait', statuses: { ...OK, ...BAD, ...FAULTS } },
  remove: { verb: 'DELETE', path: '/containers/{}?', defaults: 'remove', statuses: { ...DONE, ...BAD, ...FAULTS } },
  copy: {
    verb: 'POST',
    path: '/containers/{}/copy',
    defaults: 'copy',
    stream: true,
    statuses: { ...OK, ...FAULTS },
    prepare() {
      process.emitWarning('container.copy was removed from the engine after API 1.23: use getArchive', {
        type: 'DeprecationWarning',
        code: 'DOCKLINE_COPY',
      });
    },
  },
  getArchive: {
    verb: 'GET',
    path: '/containers/{}/archive?',
    defaults: 'getArchive',
    stream: true,
    statuses: { ...OK, ...BAD_ARCHIVE, ...FAULTS },
  },
  infoArchive: {
    verb: 'HEAD',
    path: '/containers/{}/archive?',
    defaults: 'infoArchive',
    stream: true,
    statuses: { ...OK, ...BAD_ARCHIVE, ...FAULTS },
  },
  putArchive: {
    verb: 'PUT',
    path: '/containers/{}/archive?',
    form: 'file-first',
    defaults: 'putArchive',
    statuses: { ...OK, ...BAD_ARCHIVE, 403: 'client error, permission denied', ...FAULTS },
  },
  logs: {
    verb: 'GET',
    path: '/containers/{}/logs?',
    defaults: 'log',
    stream: (options) => options.follow || false,
    instead(options, dial) {
      return options.lines === true ? linesOf(this, options, dial) : undefined;
    },
    statuses: { ...OK, ...FAULTS },
  },
  stats: {
    verb: 'GET',
    path: '/containers/{}/stats?',
    defaults: 'stats',
    stream: (options) => options.stream !== false,
    statuses: { ...OK, ...FAULTS },
  },
});

export = Container;
