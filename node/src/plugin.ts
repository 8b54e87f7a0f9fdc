// Plugins: `docker.getPlugin(name, remote)`; `remote` is where it is pulled from, the name itself by default.

import { type Resource, resource } from './method';
import type { PluginClass, StatusCodes } from './types';

const OK: StatusCodes = { 200: true, 500: 'server error' };
const DONE: StatusCodes = { 200: true, 204: true, 500: 'server error' };
const ABSENT: StatusCodes = { 404: 'plugin is not installed' };
const MISSING: StatusCodes = { 404: 'plugin not installed' };

function init(this: Resource & { remote: string }, modem: unknown, name: string, remote?: string): void {
  this.modem = modem;
  this.name = name;
  this.remote = remote || name;
}

const Plugin = resource<PluginClass>('Plugin', init, {
  inspect: { verb: 'GET', path: '/plugins/{}/json', send: false, statuses: { ...OK, ...ABSENT } },
  remove: { verb: 'DELETE', path: '/plugins/{}?', statuses: { ...OK, ...ABSENT } },
  privileges: {
    verb: 'GET',
    path: '/plugins/privileges?',
    statuses: OK,
    prepare(_options, dial) {
      dial.options = { remote: this.remote };
    },
  },
  pull: {
    verb: 'POST',
    path: '/plugins/pull?',
    stream: true,
    statuses: DONE,
    prepare(options) {
      if (!options._query) return;
      const { name, remote } = options._query;
      options._query = { ...options._query, name: name || this.name, remote: remote || this.remote };
    },
  },
  enable: { verb: 'POST', path: '/plugins/{}/enable?', statuses: OK },
  disable: { verb: 'POST', path: '/plugins/{}/disable', statuses: OK },
  push: { verb: 'POST', path: '/plugins/{}/push', statuses: { ...OK, ...MISSING } },
  configure: { verb: 'POST', path: '/plugins/{}/set', statuses: { ...DONE, ...MISSING } },
  upgrade: {
    verb: 'POST',
    path: '/plugins/{}/upgrade?',
    form: 'auth-first',
    statuses: { ...DONE, ...MISSING },
  },
});

export = Plugin;
