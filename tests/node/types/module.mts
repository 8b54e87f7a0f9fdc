// The same from an ES module, against the entry that `import` finds.

import Docker, { Container, type ContainerInfo } from '../../../node/dist/index.mjs';

const docker: Docker = new Docker();
const container: Container = new Container(docker.modem, 'x');
const first: ContainerInfo | undefined = (await docker.listContainers())[0];
const options: Docker.DockerOptions = { pathPrefix: '/', connectionTimeout: 5, agent: undefined };
const sized = await container.inspect({ size: true });
// What every call takes.
const own = { timeouts: { total: 5000 }, onVersionMismatch: 'error', highWaterMark: 4096 } as const;
await container.logs({ follow: true, stdout: true, ...own });
await container.inspect({ size: true, timeouts: { connect: 1 } });
await docker.createContainer({ Image: 'x', onVersionMismatch: 'ignore' });
await docker.buildImage('x.tar', { cachefrom: ['a', 'b'] });

export { first, options, sized };
