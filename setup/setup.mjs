/**
 * Prepares this machine: Debian packages, npm packages, builds. Does only what is missing, and reports it.
 * Usage: node setup/setup.mjs lint|build|bench|test
 */
const required = { major: 20, minor: 17 };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < required.major || (major === required.major && minor < required.minor)) {
  console.error(
    `SantaBPF needs Node.js ${required.major}.${required.minor} or newer; ${process.execPath} is ${process.versions.node}.`,
  );
  console.error('Install a newer Node.js, for example from https://nodejs.org, then run the command again.');
  process.exit(1);
}
// Imported after the check, because an older Node cannot parse these modules.
const { prepare } = await import('./preparation.mjs');
process.exitCode = await prepare(process.argv[2]);
