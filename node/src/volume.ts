// Volumes: `docker.getVolume(name)`.

import { type Resource, resource } from './method';
import type { VolumeClass } from './types';

function init(this: Resource, modem: unknown, name: string): void {
  this.modem = modem;
  this.name = name;
}

const Volume = resource<VolumeClass>('Volume', init, {
  inspect: {
    verb: 'GET',
    path: '/volumes/{}',
    send: false,
    statuses: { 200: true, 404: 'no such volume', 500: 'server error' },
  },
  remove: {
    verb: 'DELETE',
    path: '/volumes/{}',
    statuses: { 204: true, 404: 'no such volume', 409: 'conflict', 500: 'server error' },
  },
});

export = Volume;
