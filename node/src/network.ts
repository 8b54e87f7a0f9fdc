// Networks: `docker.getNetwork(id)`.

import { type Resource, resource } from './method';
import type { NetworkClass, StatusCodes } from './types';

const JOINED: StatusCodes = {
  200: true,
  201: true,
  404: 'network or container is not found',
  500: 'server error',
};

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Network = resource<NetworkClass>('Network', init, {
  inspect: {
    verb: 'GET',
    path: '/networks/{}?',
    statuses: { 200: true, 404: 'no such network', 500: 'server error' },
  },
  remove: {
    verb: 'DELETE',
    path: '/networks/{}',
    statuses: { 200: true, 204: true, 404: 'no such network', 409: 'conflict', 500: 'server error' },
  },
  connect: { verb: 'POST', path: '/networks/{}/connect', statuses: JOINED },
  disconnect: { verb: 'POST', path: '/networks/{}/disconnect', statuses: JOINED },
});

export = Network;
