/**
 * Prepares this machine: Debian packages, npm packages, builds. Does only what is missing and says what it does.
 * Usage: node setup/setup.mjs start|test|build|lint
 */
const required = { major: 20, minor: 17 };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < required.major || (major === required.major && minor < required.minor)) {
  console.error(
    `Expected Node.js ${required.major}.${required.minor} or newer but received ${process.versions.node} (${process.execPath}).`,
  );
  console.error('Install Node.js 20 or newer, for example from https://nodejs.org, then run the command again.');
  process.exit(1);
}
// Loaded only now: an older Node cannot parse these.
const { prepare } = await import('./preparation.mjs');
process.exitCode = await prepare(process.argv[2]);
