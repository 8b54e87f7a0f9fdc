// Every method of every class with arguments that reach each part of a request: a table, so that later work only adds rows.
// `[name, arguments]`; the last argument is where a callback goes. `answer` is what the engine says when not `{}`.

import { Readable } from 'node:stream';

const AUTH = { username: 'u', password: 'p?>~', serveraddress: 'https://r.example' };
const FILTERS = { filters: { label: ['a=b', 'c'], status: ['exited'] } };

/** A tar, as a Buffer and as a stream. */
const TAR = Buffer.from('not really a tar');
const tarStream = () => Readable.from([Buffer.from('not really '), Buffer.from('a tar')]);

const on = (get, rows) => rows.map(([method, ...rest]) => ({ get, method, args: rest[0] ?? (() => []), ...rest[1] }));
const made = { body: JSON.stringify({ Id: 'abc', ID: 'abc', Name: 'abc' }) };

const docker = on(
  (client) => client,
  [
    ['ping'],
    ['ping', () => [{}]],
    ['version'],
    ['info'],
    ['df'],
    ['getEvents', () => [{ since: 1, ...FILTERS }]],
    ['getEvents'],
    ['checkAuth', () => [AUTH]],
    ['listContainers'],
    ['listContainers', () => [{ all: true, limit: 3, ...FILTERS }]],
    ['listImages', () => [{ all: 1, filters: '{"a":["b"]}' }]],
    ['getImages', () => [{ names: ['a', 'b:c'] }]],
    ['listServices', () => [FILTERS]],
    ['listNodes'],
    ['listTasks'],
    ['listSecrets'],
    ['listConfigs'],
    ['listPlugins'],
    ['listVolumes', () => [FILTERS]],
    ['listNetworks', () => [FILTERS]],
    ['searchImages', () => [{ term: 'a b', limit: 2, ...FILTERS }]],
    [
      'createContainer',
      () => [{ Image: 'x', name: 'n', platform: 'linux/amd64', Cmd: ['a'], HostConfig: { Binds: ['/a:/b'] } }],
      { answer: made },
    ],
    ['createContainer', () => [{ _query: { name: 'n' }, _body: { Image: 'x' } }], { answer: made }],
    ['createContainer', () => [{ Image: 'x', authconfig: AUTH }], { answer: made }],
    ['createSecret', () => [{ Name: 's', Data: 'eA==', Labels: {} }], { answer: made }],
    ['createConfig', () => [{ Name: 's', Data: 'eA==' }], { answer: made }],
    ['createPlugin', () => [{ name: 'p' }], { answer: made }],
    ['createVolume', () => [{ Name: 'v', DriverOpts: { a: 'b' } }], { answer: made }],
    ['createVolume', () => [{}], { answer: made }],
    // The original's promise form sends the whole specification as if it were a credential.
    ['createService', () => [{ Name: 's', TaskTemplate: {} }], { answer: made, drops: 'x-registry-auth' }],
    ['createService', () => [AUTH, { Name: 's' }], { answer: made }],
    ['createNetwork', () => [{ Name: 'n', IPAM: { Config: [{ Subnet: '10.0.0.0/8' }] } }], { answer: made }],
    ['createImage', () => [{ fromImage: 'a', tag: 'b' }]],
    ['createImage', () => [AUTH, { fromImage: 'a', tag: 'b' }]],
    ['createImage', () => [{ base64: 'eA==' }, { fromImage: 'a' }]],
    ['createImage', () => [{ key: 'k' }, { fromImage: 'a' }]],
    ['loadImage', () => [TAR]],
    ['loadImage', () => [tarStream(), { quiet: 1 }]],
    ['importImage', () => [TAR, { repo: 'r', tag: 't' }]],
    ['importImage', () => [tarStream()]],
    ['buildImage', () => [TAR, { t: 'x', buildargs: { A: 'b' }, cachefrom: ['a', 'b'] }]],
    ['buildImage', () => [tarStream(), { t: ['x', 'y'], labels: { a: 'b' }, registryconfig: { 'r.example': AUTH } }]],
    ['buildImage', () => [TAR, { t: 'x', authconfig: AUTH }]],
    ['buildImage', () => [TAR]],
    ['pruneImages', () => [FILTERS]],
    ['pruneBuilder'],
    ['pruneContainers'],
    ['pruneVolumes', () => [FILTERS]],
    ['pruneNetworks'],
    ['swarmInit', () => [{ ListenAddr: '0.0.0.0', Spec: {} }]],
    ['swarmJoin', () => [{ RemoteAddrs: ['a'] }]],
    ['swarmLeave', () => [{ force: true }]],
    ['swarmUpdate', () => [{ version: 3, rotateWorkerToken: true, Name: 'x' }]],
    ['swarmInspect'],
    ['pull', () => ['a/b:c']],
    ['pull', () => ['h:5000/a/b', { platform: 'linux/arm64' }]],
    ['pull', () => ['a@sha256:f', { authconfig: AUTH }]],
    ['pullAll', () => ['a/b:c']],
  ],
);

const container = on(
  (client) => client.getContainer('abc'),
  [
    ['inspect'],
    ['inspect', () => [{ size: true }]],
    ['rename', () => [{ name: 'new name' }]],
    ['update', () => [{ Memory: 1 }]],
    ['top', () => [{ ps_args: 'aux' }]],
    ['changes'],
    ['listCheckpoint'],
    ['deleteCheckpoint', () => ['c', { dir: '/x' }]],
    ['createCheckpoint', () => [{ CheckpointID: 'c' }]],
    ['createCheckpoint', () => [{}]],
    ['export'],
    ['start'],
    ['start', () => [{ detachKeys: 'ctrl-a' }]],
    ['pause'],
    ['unpause'],
    ['exec', () => [{ Cmd: ['a', 'b'], AttachStdout: true }], { answer: made }],
    ['commit', () => [{ repo: 'r', Labels: { a: 'b' } }]],
    ['stop', () => [{ t: 3, signal: 'TERM' }]],
    ['restart', () => [{ t: 0 }]],
    ['kill', () => [{ signal: 'SIGUSR1' }]],
    ['resize', () => [{ h: 1, w: 2 }]],
    ['attach', () => [{ stream: true, stdout: true, stderr: true }]],
    ['attach', () => [{ stream: true, stdin: true, hijack: true }]],
    ['wait', () => [{ condition: 'removed' }]],
    ['remove', () => [{ v: true, force: 1, link: false }]],
    ['getArchive', () => [{ path: '/a b' }]],
    ['infoArchive', () => [{ path: '/a' }]],
    ['putArchive', () => [TAR, { path: '/a' }]],
    ['putArchive', () => [tarStream(), { path: '/a', noOverwriteDirNonDir: 1 }]],
    ['logs', () => [{ stdout: true, follow: true, tail: 3 }]],
    ['logs', () => [{ stdout: true, stderr: 1, since: 5, timestamps: true }]],
    ['stats', () => [{ stream: false }]],
    ['stats'],
  ],
);

const exec = on(
  (client) => client.getExec('abc'),
  [
    ['start', () => [{ Detach: true }]],
    ['start', () => [{}]],
    ['start', () => [{ hijack: true, stdin: true, Tty: true }]],
    ['resize', () => [{ h: 1, w: 2 }]],
    ['inspect'],
  ],
);

const image = on(
  (client) => client.getImage('r.example:5/a/b:c'),
  [
    ['inspect'],
    ['inspect', () => [{ manifests: true }]],
    ['distribution'],
    ['distribution', () => [{ authconfig: AUTH }]],
    ['history'],
    ['get'],
    ['push', () => [{ tag: 't', authconfig: AUTH }]],
    ['push', () => [{}, undefined, AUTH], { promiseOnly: true }],
    ['push', () => [{ tag: 't' }], { adds: { 'x-registry-auth': 'e30=' } }],
    ['tag', () => [{ repo: 'a', tag: 'b' }]],
    ['remove', () => [{ force: true, noprune: 1 }]],
  ],
);

const rest = [
  ...on(
    (client) => client.getNetwork('abc'),
    [
      ['inspect', () => [{ verbose: true }]],
      ['remove'],
      ['connect', () => [{ Container: 'c', EndpointConfig: {} }]],
      ['disconnect', () => [{ Container: 'c', Force: true }]],
    ],
  ),
  ...on(
    (client) => client.getVolume('abc'),
    [['inspect'], ['remove', () => [{ force: true }], { answer: { status: 204 } }]],
  ),
  ...on(
    (client) => client.getService('abc'),
    [
      ['inspect'],
      ['remove'],
      ['update', () => [{ version: 3, Name: 'x' }]],
      ['update', () => [AUTH, { version: 3, Name: 'x' }]],
      ['logs', () => [{ stdout: 1, follow: true }]],
      ['logs', () => [{ stdout: 1 }]],
    ],
  ),
  ...on((client) => client.getTask('abc'), [['inspect'], ['logs', () => [{ stdout: 1, follow: true }]]]),
  ...on(
    (client) => client.getNode('abc'),
    [['inspect'], ['update', () => [{ version: 3, Role: 'worker' }]], ['remove', () => [{ force: true }]]],
  ),
  ...on(
    (client) => client.getSecret('abc'),
    [['inspect'], ['update', () => [{ version: 1, Labels: { a: 'b' } }]], ['remove']],
  ),
  ...on(
    (client) => client.getConfig('abc'),
    [['inspect'], ['update', () => [{ version: 1, Labels: { a: 'b' } }]], ['remove']],
  ),
  ...on(
    (client) => client.getPlugin('abc', 'far/abc'),
    [
      ['inspect'],
      ['remove', () => [{ force: 1 }]],
      ['privileges'],
      ['pull', () => [{ _query: {}, _body: [{ Name: 'network', Value: ['host'] }] }]],
      ['enable', () => [{ timeout: 3 }]],
      ['disable'],
      ['push'],
      ['configure', () => [['A=b']]],
      ['upgrade', () => [AUTH, { remote: 'x', _body: [] }]],
    ],
  ),
];

export const CALLS = [...docker, ...container, ...exec, ...image, ...rest];
