// What an installed tarball must do for import.
import assert from 'node:assert/strict';
import Docker from 'dockline';

const docker = new Docker();
assert.equal(String(await docker.ping()), 'OK');
await assert.rejects(docker.getImage('none').inspect(), { statusCode: 404 });
console.log(`node: import 'dockline': engine ${(await docker.version()).Version}`);
