// Images: `docker.getImage(name)`. The name may hold a registry, a path, a tag or a digest, and goes into the path unescaped.

import { type Resource, resource } from './method';
import type { ImageClass, StatusCodes } from './types';

const FAULTS: StatusCodes = { 404: 'no such image', 500: 'server error' };

function init(this: Resource, modem: unknown, name: string): void {
  this.modem = modem;
  this.name = name;
}

const Image = resource<ImageClass>('Image', init, {
  inspect: { verb: 'GET', path: '/images/{}/json', statuses: { 200: true, ...FAULTS } },
  distribution: {
    verb: 'GET',
    path: '/distribution/{}/json',
    auth: true,
    send: false,
    statuses: { 200: true, 401: 'no such image', 500: 'server error' },
  },
  history: { verb: 'GET', path: '/images/{}/history', form: 'none', statuses: { 200: true, ...FAULTS } },
  get: {
    verb: 'GET',
    path: '/images/{}/get',
    form: 'none',
    stream: true,
    statuses: { 200: true, 500: 'server error' },
  },
  push: {
    verb: 'POST',
    path: '/images/{}/push?',
    form: 'auth-last',
    stream: (options) => options.stream !== false,
    progress: true,
    statuses: { 200: true, ...FAULTS },
    prepare(_options, dial) {
      // Engines before 28 refuse a push that carries no credentials header at all, even an anonymous one.
      dial.authconfig ??= {};
    },
  },
  tag: {
    verb: 'POST',
    path: '/images/{}/tag?',
    statuses: { 200: true, 201: true, 400: 'bad parameter', 409: 'conflict', ...FAULTS },
  },
  remove: { verb: 'DELETE', path: '/images/{}?', statuses: { 200: true, 409: 'conflict', ...FAULTS } },
});

export = Image;
