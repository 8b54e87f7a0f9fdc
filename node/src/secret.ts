// Swarm secrets: `docker.getSecret(id)`.

import { type Resource, resource } from './method';
import type { SecretClass, StatusCodes } from './types';

const FAULTS: StatusCodes = { 404: 'secret not found', 500: 'server error' };

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Secret = resource<SecretClass>('Secret', init, {
  inspect: {
    verb: 'GET',
    path: '/secrets/{}',
    send: false,
    statuses: { 200: true, ...FAULTS, 406: 'node is not part of a swarm' },
  },
  update: { verb: 'POST', path: '/secrets/{}/update?', statuses: { 200: true, ...FAULTS } },
  remove: { verb: 'DELETE', path: '/secrets/{}', statuses: { 200: true, 204: true, ...FAULTS } },
});

export = Secret;
