'use strict';
// Loads the native library of this platform, on first use rather than on import.
// Looks beside this file, then for a platform package; if neither is there, the error names both and the way to get one.

const { readFileSync } = require('node:fs');
const path = require('node:path');

/** The platform as it appears in file and package names, such as `linux-x64-gnu`. */
function platformName() {
  const { platform, arch } = process;
  if (platform !== 'linux') return `${platform}-${arch}`;
  return `${platform}-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
}

function isMusl() {
  try {
    // A report says it of this very process, and takes longer than all the rest that is loaded.
    return readFileSync('/usr/bin/ldd', 'latin1').includes('musl');
  } catch {
    return reportsMusl();
  }
}

function reportsMusl() {
  const report = process.report;
  if (!report || typeof report.getReport !== 'function') return false;
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    return !report.getReport().header.glibcVersionRuntime;
  } finally {
    report.excludeNetwork = before;
  }
}

function load() {
  const name = platformName();
  const file = path.join(__dirname, `dockline.${name}.node`);
  const failures = [];
  for (const candidate of [file, `dockline-${name}`]) {
    try {
      return require(candidate);
    } catch (error) {
      failures.push(error);
    }
  }
  const [first] = failures;
  const missing = first.code === 'MODULE_NOT_FOUND';
  const error = new Error(
    `dockline has no native library for ${name}: ${missing ? `${file} does not exist` : `${file} could not be loaded (${first.message})`}` +
      `, and the package dockline-${name} is not installed. ` +
      'Reinstall dockline on this platform without --no-optional, or build it in a checkout with `npm run build:native`.',
  );
  error.code = 'ERR_DOCKLINE_NATIVE';
  error.cause = first;
  throw error;
}

let loaded;
module.exports = {
  /** The native classes; throws the explaining error when there is none. */
  get native() {
    loaded ??= load();
    return loaded;
  },
  dockline: { platformName },
};
