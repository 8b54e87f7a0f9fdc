// Swarm services: `docker.getService(id)`.

import { type Resource, resource } from './method';
import type { ServiceClass, StatusCodes } from './types';

const FAULTS: StatusCodes = { 404: 'no such service', 500: 'server error' };

function init(this: Resource, modem: unknown, id: string): void {
  this.modem = modem;
  this.id = id;
}

const Service = resource<ServiceClass>('Service', init, {
  inspect: { verb: 'GET', path: '/services/{}', send: false, statuses: { 200: true, ...FAULTS } },
  remove: { verb: 'DELETE', path: '/services/{}', send: false, statuses: { 200: true, 204: true, ...FAULTS } },
  update: { verb: 'POST', path: '/services/{}/update?', form: 'auth-first', statuses: { 200: true, ...FAULTS } },
  logs: {
    verb: 'GET',
    path: '/services/{}/logs?',
    stream: (options) => options.follow || false,
    statuses: { 200: true, ...FAULTS, 503: 'node is not part of a swarm' },
  },
});

export = Service;
