// Swarm configs: `docker.getConfig(id)`.

import { type Resource, resource } from './method';
import type { ConfigClass, StatusCodes } from './types';

const FAULTS: StatusCodes = { 404: 'config not found', 500: 'server error', 503: 'node is not part of a swarm' };

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Config = resource<ConfigClass>('Config', init, {
  inspect: { verb: 'GET', path: '/configs/{}', send: false, statuses: { 200: true, ...FAULTS } },
  update: { verb: 'POST', path: '/configs/{}/update?', statuses: { 200: true, ...FAULTS } },
  remove: { verb: 'DELETE', path: '/configs/{}', statuses: { 200: true, 204: true, ...FAULTS } },
});

export = Config;
