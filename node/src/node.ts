// Swarm nodes: `docker.getNode(id)`.

import { type Resource, resource } from './method';
import type { NodeClass, StatusCodes } from './types';

const FAULTS: StatusCodes = { 404: 'no such node', 500: 'server error' };

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Node = resource<NodeClass>('Node', init, {
  inspect: { verb: 'GET', path: '/nodes/{}', send: false, statuses: { 200: true, ...FAULTS } },
  update: {
    verb: 'POST',
    path: '/nodes/{}/update?',
    statuses: { 200: true, ...FAULTS, 406: 'node is not part of a swarm' },
  },
  remove: { verb: 'DELETE', path: '/nodes/{}?', statuses: { 200: true, ...FAULTS } },
});

export = Node;
