// What the ssh tests share: a home whose `ssh` and known_hosts lead to an engine's sshd, and an sshd of a test's own.

import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newestEngine } from './engines.mjs';
import { children, frontInto, until, withEnvironment } from './transports.mjs';

/** This machine's own ssh. */
export const SSH = process.env.PATH.split(':')
  .map((folder) => join(folder, 'ssh'))
  .find((file) => {
    try {
      return readFileSync(file).length > 0;
    } catch {
      return false;
    }
  });

/** Of the password `anchor-9`, as /etc/shadow has it. */
const HASH = '$6$dockline$7xGL7kliTVV3xcgHJPSFm2xlcuXwgv.hAURmZt6scTFwUGYDSa9iUoLgsL1JrHJlNI4zYVdXc0ltXTNjOwdH70';

/** A user's ssh configuration, which `ssh` on PATH reads and no other: `harbour` is an alias of the engine's host. */
export async function home(t, work) {
  const { ssh, netns } = newestEngine();
  const way = await frontInto(t, { netns }, '127.0.0.1:2222');
  const folder = mkdtempSync(join(tmpdir(), 'dockline-ssh-'));
  const host = readFileSync(ssh.known_hosts, 'utf8').split('\n')[0].split(' ').slice(1).join(' ');
  mkdirSync(join(folder, '.ssh'));
  const known = join(folder, '.ssh', 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${way.port} ${host}\n`);
  const use = (name) => {
    cpSync(ssh.keys[name], join(folder, 'key'));
    chmodSync(join(folder, 'key'), 0o600);
  };
  use('client');
  const lines = ['Host harbour', 'HostName 127.0.0.1', `Port ${way.port}`, 'User root', 'Host *'];
  lines.push(`UserKnownHostsFile ${known}`, 'GlobalKnownHostsFile /dev/null');
  lines.push(`IdentityFile ${folder}/key`, 'IdentitiesOnly yes', 'IdentityAgent none');
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec ${SSH} -F ${folder}/config "$@"\n`, { mode: 0o755 });
  const variables = {
    PATH: `${folder}/bin:${process.env.PATH}`,
    SSH_AUTH_SOCK: undefined,
    SSH_ASKPASS: undefined,
    HOME: folder,
  };
  await withEnvironment(variables, () => work({ way, folder, use, known }));
  await until(() => children('dial-stdio').length === 0);
}

/** A port of 127.0.0.1 that nobody uses at the moment. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a script that becomes an sshd, until it listens or has ended. */
async function started(t, script) {
  const child = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  let running = true;
  child.stderr.setEncoding('utf8').on('data', (part) => {
    said += part;
  });
  child.once('close', () => {
    running = false;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
    await ended;
    // Connections that are still open have it, too.
    child.stderr.destroy();
  };
  t.after(stop);
  await until(() => said.includes('Server listening') || !running);
  return { pid: child.pid, stop, log: () => said, running: () => running };
}

/**
 * An sshd of this test's own, in no namespace: `lines` go into its configuration. It sees a file of passwords in which root's is
 * `anchor-9`, and nobody else does.
 */
export async function ownServer(t, lines = []) {
  const { ssh, socket, docker } = newestEngine();
  const keys = dirname(ssh.known_hosts);
  const software = join(dirname(keys), 'software', 'tools');
  const folder = mkdtempSync(join(tmpdir(), 'dockline-sshd-'));
  const shadow = readFileSync('/etc/shadow', 'utf8').replace(/^root:[^:]*:/m, `root:${HASH}:`);
  writeFileSync(join(folder, 'shadow'), shadow, { mode: 0o600 });
  const base = [
    `HostKey ${keys}/host`,
    `AuthorizedKeysFile ${keys}/authorized_keys`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    `SetEnv "DOCKER_HOST=unix://${socket}" "PATH=${dirname(docker)}:/usr/bin:/bin"`,
  ];
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((name) => join(software, 'usr/lib', name));
  const sshd = `${join(software, 'usr/sbin/sshd')} -D -e -f ${folder}/sshd_config`;
  const script = `mount --bind ${folder}/shadow /etc/shadow && LD_LIBRARY_PATH=${libraries.join(':')} exec ${sshd}`;
  const configuration = join(folder, 'sshd_config');
  for (;;) {
    const port = await freePort();
    // The first of two counts.
    writeFileSync(configuration, [...lines, ...base, `ListenAddress 127.0.0.1:${port}`].join('\n'));
    const server = await started(t, script);
    if (server.running()) return { port, ...server };
    // Somebody else may have taken the port in between.
    if (!server.log().includes('Address already in use')) throw new Error(`sshd did not start: ${server.log()}`);
  }
}
