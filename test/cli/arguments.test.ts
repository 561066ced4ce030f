import { describe, expect, it } from 'vitest';
import { helpText, parseArguments } from '../../src/cli/arguments.js';
import { Faults } from '../../src/errors/fault.js';

const refusals = (...argv: string[]): string[] => {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof Faults) return error.faults.map(({ message, remedy }) => `${message}. ${remedy}`);
    throw error;
  }
  return [];
};

describe('parseArguments', () => {
  it.each([
    [[], {}, '/var/cache/santabpf'],
    [[], { CACHE_DIRECTORY: '/c' }, '/c'],
    [['--config.cache-folder=/d'], { CACHE_DIRECTORY: '/c' }, '/d'],
    [['--config.cache-folder=none'], { CACHE_DIRECTORY: '/c' }, undefined],
    [['--config.check'], {}, undefined],
  ])('chooses the cache folder of %j with %j', (argv, environment, folder) => {
    expect(parseArguments(argv, environment).cacheFolder).toBe(folder);
  });

  it('fills in the defaults', () => {
    const parsed = parseArguments([], {});
    expect(parsed).toEqual({
      action: 'serve',
      cacheFolder: '/var/cache/santabpf',
      configFile: expect.stringMatching(/\/config\/santabpf\.yaml$/),
      probes: new Map(),
      roots: { proc: '/proc', sys: '/sys', root: '/' },
      web: { listenAddresses: [{ port: 10225 }], telemetryPath: '/metrics', maxRequests: 40, enableLifecycle: false },
      log: { level: 'info', format: 'auto' },
    });
  });

  it('takes values after = and after a space, and the last one wins', () => {
    const parsed = parseArguments([
      '--config.file=a=b',
      '--log.level',
      'debug',
      '--log.level=warn',
      '--web.max-requests',
      '0',
    ]);
    expect(parsed.configFile).toBe('a=b');
    expect(parsed.log.level).toBe('warn');
    expect(parsed.web.maxRequests).toBe(0);
  });

  it('takes files of ebpf_exporter, and keeps nothing of them', () => {
    const parsed = parseArguments(['--config.format=ebpf_exporter', '--config.dir=/e', '--config.names=bio-1, timers']);
    expect(parsed).toMatchObject({ foreign: { folder: '/e', names: ['bio-1', 'timers'] } });
    expect(parsed.cacheFolder).toBeUndefined();
    expect(parseArguments(['--config.format=santabpf']).foreign).toBeUndefined();
  });

  it.each([
    [['--config.format=ebpf'], '--config.format must be one of santabpf, ebpf_exporter, not "ebpf"'],
    [['--config.dir=/e'], '--config.dir and --config.names need --config.format=ebpf_exporter'],
    [['--config.format=ebpf_exporter', '--config.dir=/e'], 'needs --config.dir and --config.names'],
    [['--config.names=a,../b'], '"../b" is not one'],
    [['--config.names=a,a'], '"a" is not one'],
    [
      ['--config.format=ebpf_exporter', '--config.dir=/e', '--config.names=a', '--no-probe.b'],
      'are not allowed together with --config.format=ebpf_exporter',
    ],
  ])('refuses %j', (argv, message) => {
    expect(refusals(...argv)).toEqual([expect.stringContaining(message)]);
  });

  it("takes the roots of the host's file systems under node_exporter's names", () => {
    const parsed = parseArguments(['--path.procfs=/host/proc', '--path.sysfs', '/host/sys', '--path.rootfs=/host']);
    expect(parsed.roots).toEqual({ proc: '/host/proc', sys: '/host/sys', root: '/host' });
  });

  it('collects listen addresses', () => {
    const argv = ['127.0.0.1:1', ':2', '[::1]:3', 'localhost:0', '[fe80::1%eth0]:65535'].flatMap((a) => [
      '--web.listen-address',
      a,
    ]);
    expect(parseArguments(argv).web.listenAddresses).toEqual([
      { host: '127.0.0.1', port: 1 },
      { port: 2 },
      { host: '::1', port: 3 },
      { host: 'localhost', port: 0 },
      { host: 'fe80::1%eth0', port: 65_535 },
    ]);
  });

  it('takes switches of probes; the last one counts', () => {
    const argv = ['--probe.tcp', '--no-probe.profile', '--probe.a-b=false', '--no-probe.opens=false', '--no-probe.tcp'];
    expect(Object.fromEntries(parseArguments(argv).probes)).toEqual({
      tcp: false,
      profile: false,
      'a-b': false,
      opens: true,
    });
    expect(parseArguments([]).probes.size).toBe(0);
  });

  it.each([
    [['--config.check'], 'check'],
    [['--version'], 'version'],
    [['--help', '--version'], 'help'],
    [['-h'], 'help'],
    [['--config.check=false'], 'serve'],
  ] as const)('%j asks for %s', (argv, action) => {
    expect(parseArguments(argv).action).toBe(action);
  });

  it.each([
    [['--web.listen-adress=:1'], 'Unknown flag "--web.listen-adress=:1". Did you mean --web.listen-address?'],
    [['--listen-address', ':1'], 'Did you mean --web.listen-address?'],
    [['--config'], 'Unknown flag "--config". Run the command with --help'],
    [['serve'], 'Unknown argument "serve"'],
    [['--probe'], 'Unknown flag "--probe"'],
    [['--probe.'], 'Unknown flag "--probe."'],
    [['--no-web.enable-lifecycle'], 'Unknown flag "--no-web.enable-lifecycle"'],
    [['--probe.tcp=maybe'], '--probe.tcp is on or off: it takes true, false or no value, not "maybe"'],
    [['--'], 'Unknown flag "--"'],
    [['--constructor'], 'Unknown flag "--constructor"'],
    [
      ['--web.listen-address=10225'],
      '--web.listen-address must be host:port, :port or [IPv6]:port with a port up to 65535, not "10225"',
    ],
    [['--web.listen-address=:65536'], 'not ":65536"'],
    [['--web.listen-address=::1:80'], 'not "::1:80"'],
    [['--web.listen-address=[localhost]:80'], 'not "[localhost]:80"'],
    [['--web.max-requests=-1'], '--web.max-requests must be a whole number, not "-1"'],
    [['--web.max-requests=1e3'], 'not "1e3"'],
    [['--web.telemetry-path=metrics'], '--web.telemetry-path must begin with "/"'],
    [['--web.telemetry-path=/:x'], '--web.telemetry-path must begin with "/"'],
    [['--web.telemetry-path=/probes'], '--web.telemetry-path cannot be "/probes": the server uses /, /live, /probes'],
    [['--log.level=verbose'], '--log.level must be one of error, warn, info, debug, trace, not "verbose"'],
    [['--log.format=logfmt'], '--log.format must be one of auto, pretty, json, not "logfmt"'],
    [['--config.file'], '--config.file needs a value: --config.file=FILE'],
    [['--config.file='], '--config.file needs a value: --config.file=FILE'],
    [['--config.check=maybe'], '--config.check is on or off: it takes true, false or no value, not "maybe"'],
  ])('refuses %j', (argv, sentence) => {
    const all = refusals(...argv);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(sentence);
  });

  it('reports all faults at once', () => {
    expect(refusals('--config.file', '--log.level=x', '--nonsense', 'value', '--web.max-requests=x')).toHaveLength(4);
  });
});

describe('helpText', () => {
  it('fits a terminal and names every flag once', () => {
    const lines = helpText([]).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    const flags = lines.flatMap((line) => /^ {2}(--[^ =]+)/.exec(line)?.[1] ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags).toContain('--web.listen-address');
  });
});
