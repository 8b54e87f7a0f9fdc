// The client: lists, creations and everything that belongs to no single object. Methods are rows, as in the other classes;
// the few that take several steps are written out below them.

import { EventEmitter } from 'node:events';

import ConfigClass = require('./config');
import ContainerClass = require('./container');
import ExecClass = require('./exec');
import ImageClass = require('./image');

import { dial, type Row, resource } from './method';

import Modem = require('./modem');
import NetworkClass = require('./network');
import NodeClass = require('./node');
import PluginClass = require('./plugin');
import SecretClass = require('./secret');
import ServiceClass = require('./service');
import TaskClass = require('./task');

import { takeOwn } from './request';
import type * as types from './types';
import { parseRepositoryTag, prepareBuildContext, processArgs } from './util';
import { takeWait } from './waiting';

import VolumeClass = require('./volume');

const OK: types.StatusCodes = { 200: true, 500: 'server error' };
const LIST: types.StatusCodes = { ...OK, 400: 'bad parameter' };
const MADE: types.StatusCodes = { ...OK, 201: true };
const STORED: types.StatusCodes = {
  ...MADE,
  406: 'server error or node is not part of a swarm',
  409: 'name conflicts with an existing object',
};
const SWARM: types.StatusCodes = { 200: true, 400: 'bad parameter', 406: 'node is already part of a Swarm' };

function init(this: any, options?: types.DockerOptions): any {
  if (!new.target && !(this instanceof (Docker as unknown as Function))) return new Docker(options);
  let chosen = options;
  const library = options?.Promise ?? globalThis.Promise;
  if (options?.Promise && Object.keys(options).length === 1) chosen = undefined;
  this.modem = chosen?.modem ?? new Modem(chosen);
  this.modem.Promise = library;
}

function get(path: string, statuses = OK): Row {
  return path.endsWith('?') ? { verb: 'GET', path, statuses } : { verb: 'GET', path, statuses, send: false };
}

function prune(path: string): Row {
  return path.endsWith('?') ? { verb: 'POST', path, statuses: OK } : { verb: 'POST', path, statuses: OK, send: false };
}

/** A creation whose result is the object that `getter` makes of the id or name in the answer. */
function create(path: string, getter: string, field: string, statuses: types.StatusCodes): Row {
  return {
    verb: 'POST',
    path,
    statuses,
    reply(answer) {
      return this[getter](answer[field]);
    },
  };
}

const rows: Record<string, Row> = {
  createContainer: {
    ...create('/containers/create?', 'getContainer', 'Id', {
      ...MADE,
      ...LIST,
      404: 'no such container',
      406: 'impossible to attach',
    }),
    auth: true,
  },
  createImage: {
    verb: 'POST',
    path: '/images/create?',
    form: 'auth-first',
    stream: true,
    progress: true,
    statuses: OK,
  },
  loadImage: { verb: 'POST', path: '/images/load?', form: 'file-first', stream: true, progress: true, statuses: OK },
  importImage: {
    verb: 'POST',
    path: '/images/create?',
    form: 'file-first',
    stream: true,
    progress: true,
    statuses: OK,
    prepare(options) {
      options.fromSrc = '-';
    },
  },
  checkAuth: { verb: 'POST', path: '/auth', statuses: { ...OK, 204: true } },
  listContainers: get('/containers/json?', LIST),
  listImages: get('/images/json?', LIST),
  getImages: { ...get('/images/get?', LIST), stream: true },
  listServices: get('/services?'),
  listNodes: get('/nodes?', { ...LIST, 404: 'no such node', 503: 'node is not part of a swarm' }),
  listTasks: get('/tasks?'),
  createSecret: create('/secrets/create?', 'getSecret', 'ID', STORED),
  createConfig: create('/configs/create?', 'getConfig', 'ID', STORED),
  listSecrets: get('/secrets?'),
  listConfigs: get('/configs?'),
  createPlugin: {
    verb: 'POST',
    path: '/plugins/create?',
    statuses: { ...OK, 204: true },
    reply(_answer, options) {
      return this.getPlugin(options.name);
    },
  },
  listPlugins: get('/plugins?'),
  pruneImages: prune('/images/prune?'),
  pruneBuilder: prune('/build/prune'),
  pruneContainers: prune('/containers/prune?'),
  pruneVolumes: prune('/volumes/prune?'),
  pruneNetworks: prune('/networks/prune?'),
  createVolume: { ...create('/volumes/create?', 'getVolume', 'Name', MADE), allowEmpty: true },
  createService: {
    verb: 'POST',
    path: '/services/create',
    form: 'auth-first',
    statuses: MADE,
    reply(answer) {
      return this.getService(answer.ID || answer.Id);
    },
  },
  listVolumes: get('/volumes?', LIST),
  createNetwork: create('/networks/create?', 'getNetwork', 'Id', { ...MADE, 404: 'driver not found' }),
  listNetworks: get('/networks?', LIST),
  searchImages: { ...get('/images/search?'), auth: true },
  info: get('/info'),
  version: get('/version'),
  ping: get('/_ping'),
  df: get('/system/df'),
  getEvents: { ...get('/events?'), stream: true },
  swarmInit: { verb: 'POST', path: '/swarm/init', statuses: SWARM },
  swarmJoin: { verb: 'POST', path: '/swarm/join', statuses: SWARM },
  swarmLeave: { verb: 'POST', path: '/swarm/leave?', statuses: { 200: true, 406: 'node is not part of a Swarm' } },
  swarmUpdate: { verb: 'POST', path: '/swarm/update?', statuses: SWARM },
  swarmInspect: get('/swarm', { ...OK, 406: 'This node is not a swarm manager' }),
};

const getters = {
  getContainer(this: any, id: string) {
    return new ContainerClass(this.modem, id);
  },
  getImage(this: any, name: string) {
    return new ImageClass(this.modem, name);
  },
  getVolume(this: any, name: string) {
    return new VolumeClass(this.modem, name);
  },
  getPlugin(this: any, name: string, remote?: string) {
    return new PluginClass(this.modem, name, remote);
  },
  getService(this: any, id: string) {
    return new ServiceClass(this.modem, id);
  },
  getTask(this: any, id: string) {
    return new TaskClass(this.modem, id);
  },
  getNode(this: any, id: string) {
    return new NodeClass(this.modem, id);
  },
  getNetwork(this: any, id: string) {
    return new NetworkClass(this.modem, id);
  },
  getSecret(this: any, id: string) {
    return new SecretClass(this.modem, id);
  },
  getConfig(this: any, id: string) {
    return new ConfigClass(this.modem, id);
  },
  getExec(this: any, id: string) {
    return new ExecClass(this.modem, id);
  },
};

/** Builds an image from a tar (file, Buffer or stream) or from `{context, src}`; `version: '2'` serves BuildKit a session. */
function buildImage(this: any, file: any, opts: any, callback: any): any {
  const args = processArgs(opts, callback);
  const { authconfig, registryconfig, ...options } = args.opts;
  const wait = takeWait(options);
  if (Array.isArray(options.cachefrom)) options.cachefrom = JSON.stringify(options.cachefrom);
  const request: types.DialOptions = {
    path: '/build?',
    method: 'POST',
    options,
    isStream: true,
    statusCodes: OK,
    ...(authconfig && { authconfig }),
    ...(registryconfig && { registryconfig }),
  };
  takeOwn(options, request);
  // Seen by `dial` below as a modem whose dial first prepares the context and, for BuildKit, the session.
  const modem = {
    Promise: this.modem.Promise,
    dial: (prepared: types.DialOptions, done: (error: any, result?: any) => void) => {
      const build = (finish: (error: any, stream?: any) => void) =>
        prepareBuildContext(file, (context) => this.modem.dial({ ...prepared, file: context }, finish));
      if (options.version !== '2') return build(done);
      const { withSession } = require('./session') as typeof import('./session');
      withSession(this.modem, authconfig, (error, session, close) => {
        if (error) return done(error);
        options.session = session;
        build((failure, stream) => {
          if (failure) close();
          else stream.once('close', close);
          done(failure, stream);
        });
      });
    },
  };
  if (!wait) return dial({ modem }, request, args.callback);
  const { readTraces } = require('./buildkit') as typeof import('./buildkit');
  return dial({ modem }, request, args.callback, undefined, { ...wait, read: readTraces });
}

/** Follows a progress stream to its end; BuildKit's traces become readable lines, and what is not JSON is left out. */
function followProgress(stream: any, onFinished: any, onProgress?: any): void {
  const { follow } = require('./progress') as typeof import('./progress');
  const { readTraces } = require('./buildkit') as typeof import('./buildkit');
  follow(stream, onFinished, onProgress, readTraces);
}

function pullWith(self: any, tagged: boolean, repoTag: string, opts: any, callback: any, auth: any): any {
  const args = processArgs(opts, callback);
  const { repository, tag } = parseRepositoryTag(repoTag);
  const options = { ...args.opts, fromImage: repository, ...(tagged && { tag: tag || 'latest' }) };
  return auth ? self.createImage(auth, options, args.callback) : self.createImage(options, args.callback);
}

function pull(this: any, repoTag: string, opts: any, callback: any, auth?: any): any {
  return pullWith(this, true, repoTag, opts, callback, auth);
}

function pullAll(this: any, repoTag: string, opts: any, callback: any, auth?: any): any {
  return pullWith(this, false, repoTag, opts, callback, auth);
}

/** What `run` creates when the caller asks for nothing else. */
function runOptions(image: string, cmd: string[], createOptions: object | undefined): object {
  return {
    Hostname: '',
    User: '',
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    OpenStdin: false,
    StdinOnce: false,
    Env: null,
    Cmd: cmd,
    Image: image,
    Volumes: {},
    VolumesFrom: [],
    ...createOptions,
  };
}

/** Sends a container's output where `run` was told: one stream as text, or two that are demultiplexed and ended. */
function connect(container: any, stream: any, output: any): void {
  if (!output) return;
  if (!Array.isArray(output)) {
    stream.setEncoding('utf8');
    stream.pipe(output, { end: true });
    return;
  }
  stream.on('end', () => {
    for (const one of output) one?.end?.();
  });
  container.modem.demuxStream(stream, output[0], output[1]);
}

const ATTACH = { stream: true, stdout: true, stderr: true };

/** `run` with a callback: returns an emitter of `container`, `stream`, `start` and `data`. */
function runCallback(
  this: any,
  image: any,
  cmd: any,
  output: any,
  create: any,
  start: any,
  callback: any,
): EventEmitter {
  if (!callback && typeof create === 'function') {
    callback = create;
    create = {};
    start = {};
  } else if (!callback && typeof start === 'function') {
    callback = start;
    start = {};
  }
  const hub = new EventEmitter();
  this.createContainer(runOptions(image, cmd, create), (error: any, container: any) => {
    if (error) return callback(error, null, container);
    hub.emit('container', container);
    container.attach(ATTACH, (failure: any, stream: any) => {
      if (failure) return callback(failure, null, container);
      hub.emit('stream', stream);
      connect(container, stream, output);
      container.start(start, (refusal: any, data: any) => {
        if (refusal) return callback(refusal, data, container);
        hub.emit('start', container);
        container.wait((fault: any, result: any) => {
          hub.emit('data', result);
          callback(fault, result, container);
        });
      });
    });
  });
  return hub;
}

/** `run` as a promise of `[result of wait, container]`. */
function runPromise(this: any, image: any, cmd: any, output: any, create: any, start: any): Promise<[any, any]> {
  let container: any;
  return new this.modem.Promise((resolve: any, reject: any) => {
    this.createContainer(runOptions(image, cmd, create))
      .then((created: any) => {
        container = created;
        return container.attach(ATTACH);
      })
      .then((stream: any) => {
        connect(container, stream, output);
        return container.start(start || {});
      })
      .then(() => container.wait())
      .then((result: any) => resolve([result, container]), reject);
  });
}

/** Creates, attaches, starts and waits, as `docker run` does. */
function run(this: any, image: any, cmd: any, output: any, create: any, start: any, callback: any): any {
  const given = [image, cmd, output, create, start, callback];
  if (given.some((argument) => typeof argument === 'function')) {
    return this.runCallback(image, cmd, output, create, start, callback);
  }
  return this.runPromise(image, cmd, output, create, start);
}

/** Closes idle connections and ends everything in flight; whatever is asked afterwards rejects. */
function close(this: any): void {
  const { closeEngine } = require('./closing') as typeof import('./closing');
  closeEngine(this.modem);
}

async function closeLater(this: any): Promise<void> {
  this.close();
}

/** Which API version is spoken with the engine, and why. */
function negotiation(this: any): Promise<types.Negotiation> {
  const { negotiation: settle } = require('./negotiation') as typeof import('./negotiation');
  return this.modem.Promise.resolve(settle(this.modem));
}

/** What the docker command line has stored for an image's registry: something to give as `authconfig`. */
function credentials(
  this: any,
  image: string,
  options?: { timeout?: number },
): Promise<types.AuthConfigObject | undefined> {
  const { credentialsFor } = require('./credentials') as typeof import('./credentials');
  return this.modem.Promise.resolve(credentialsFor(image, options));
}

const Docker: types.DockerClass = resource<types.DockerClass>('Docker', init, {
  ...rows,
  ...getters,
  buildImage,
  followProgress,
  pull,
  pullAll,
  run,
  runCallback,
  runPromise,
});

// Not enumerable: who walks over the members of a client sees those of the original.
Object.defineProperty(Docker.prototype, 'endpoint', {
  configurable: true,
  get(this: any): string {
    const { describe } = require('./endpoint') as typeof import('./endpoint');
    return describe(this.modem);
  },
});

Object.assign(Docker, {
  Container: ContainerClass,
  Image: ImageClass,
  Volume: VolumeClass,
  Network: NetworkClass,
  Service: ServiceClass,
  Plugin: PluginClass,
  Secret: SecretClass,
  Task: TaskClass,
  Node: NodeClass,
  Exec: ExecClass,
});

// What dockerode does not have is not enumerable: programs that walk over its members find the ones they know.
const addition = (value: unknown) => ({ value, writable: true, configurable: true });
Object.defineProperties(Docker.prototype, {
  close: addition(close),
  credentials: addition(credentials),
  negotiation: addition(negotiation),
});
// Node has these symbols from 18.18 on.
if (Symbol.dispose) Object.defineProperty(Docker.prototype, Symbol.dispose, addition(close));
if (Symbol.asyncDispose) Object.defineProperty(Docker.prototype, Symbol.asyncDispose, addition(closeLater));
// Few programs look at it, and it brings the native boundary with it.
Object.defineProperty(Docker, 'versions', {
  get: () => (require('./versions') as typeof import('./versions')).versions,
  configurable: true,
});

export = Docker;
