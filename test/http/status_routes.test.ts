import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';
import { probeStatus } from '../harness/probe_statuses.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('the status', () => {
  it('is JSON at /probes', async () => {
    const { app, exporter } = await servers.create();
    const response = await app.inject('/probes');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toEqual({ version: exporter.version, ready: true, probes: exporter.statuses });
    expect(exporter.scrapes).toBe(0);
  });

  it('is a page at / that escapes every text of a probe', async () => {
    const { app, exporter } = await servers.create();
    const hostile = '</td><script>alert(1)</script><img src=x onerror="alert(1)">';
    const programs = probeStatus().programs.flatMap((program) => [program, { ...program, name: hostile }]);
    exporter.statuses = [
      probeStatus(),
      probeStatus({
        name: hostile,
        summary: hostile,
        reason: { code: hostile, message: hostile, remedy: hostile },
        programs,
        maps: [{ name: hostile, type: 'hash', entries: 1, maxEntries: 2, lost: 1 }],
      }),
    ];
    const { body, headers } = await app.inject('/');
    expect(body.replace(/<script src="\/host-[0-9a-f]{12}\.js"><\/script>/, '')).not.toMatch(/<script|<img|<\/td><s/i);
    expect(body).toContain('&lt;script&gt;');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'sha256-[^']+'; connect-src 'self'; img-src data:;/,
    );
    expect(body.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* (?:style|on\w+)=/);
    expect(body).toContain('12 of 1,024');
    expect(body).toContain('250 ns per run');
  });

  it('has a script that browsers keep until it changes', async () => {
    const { app } = await servers.create();
    const [, path = ''] = /<script src="([^"]+)">/.exec((await app.inject('/')).body)!;
    const script = await app.inject(path);
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect((await app.inject('/host-0123456789ab.js')).headers['cache-control']).toBe('no-store');
  });

  it('shows unknown costs as unknown, and adds up the others', async () => {
    const { app, exporter } = await servers.create();
    const [known] = probeStatus().programs;
    const unknown = { ...known!, cpuShare: 'unknown', nanosecondsPerRun: 'unknown', runSeconds: 'unknown' } as const;
    exporter.statuses = [probeStatus(), probeStatus({ name: 'half', programs: [known!, unknown] })];
    const { body } = await app.inject('/');
    expect(body).toContain('CPU used by probes</dt><dd>0.01 %</dd><dd>of one CPU; 1 probe is not measured</dd>');
    exporter.statuses = [probeStatus({ programs: [unknown] })];
    expect((await app.inject('/')).body).toContain(
      'CPU used by probes</dt><dd>unknown</dd><dd>not measured yet, or CAP_SYS_ADMIN is missing</dd>',
    );
    exporter.statuses = [probeStatus(), probeStatus({ name: 'half', programs: [known!, unknown] })];
    expect(body.match(/data-label="CPU">(?:unknown|0.01 %)/g)).toEqual([
      'data-label="CPU">0.01 %',
      'data-label="CPU">unknown',
    ]);
    expect((await app.inject('/probes')).json().probes[1].programs[1]).toMatchObject({ runSeconds: 'unknown' });
  });

  it('counts the probes in each state', async () => {
    const { app, exporter } = await servers.create();
    const states = ['up', 'unsupported', 'suspended', 'unsupported', 'up'] as const;
    exporter.statuses = states.map((state) => probeStatus({ state }));
    const quiet = (await app.inject('/')).body;
    expect(quiet).toContain('<dd>2 of 5</dd><dd>2 unsupported, 1 suspended</dd>');
    exporter.statuses = [...exporter.statuses, probeStatus({ state: 'down' })];
    expect((await app.inject('/')).body).toContain(
      '<dd class="bad">2 of 6</dd><dd>1 down, 2 unsupported, 1 suspended</dd>',
    );
  });

  it('shows probes that are down, and a start that is not finished', async () => {
    const { app, exporter } = await servers.create();
    const { lastScrape: _, ...unread } = probeStatus({ programs: [], maps: [], metrics: [] });
    exporter.statuses = [
      unread,
      { ...unread, state: 'down', reason: { code: 'X', message: 'It broke', remedy: 'Mend it' } },
    ];
    const { body } = await app.inject('/');
    expect(body).toContain('1 of 2');
    expect(body).toContain('<dd>1 down</dd>');
    expect(body).toMatch(/It broke <code>X<\/code>.*Mend it/);
    exporter.statuses = [];
    exporter.isReady = false;
    const starting = await app.inject('/');
    expect(starting.statusCode).toBe(200);
    expect(starting.body).toContain('<dd>starting</dd>');
  });

  it('shows what went wrong while a probe is up', async () => {
    const { app, exporter } = await servers.create();
    exporter.statuses = [probeStatus({ lastScrape: { seconds: 0.001, success: false } })];
    const { body } = await app.inject('/');
    expect(body).toContain('<h2 id="problems">Problems</h2>');
    expect(body).toContain('1 failed');
    // Once in the list of problems, and once where the probe is, in the same words.
    for (const text of [
      'The last read failed: its series are missing.',
      'Map execs was full: 3 updates counted as other.',
      'The series limit was reached: 4 counted as other.',
      '5 entries could not be decoded.',
    ]) {
      expect(body.split(text), text).toHaveLength(3);
    }
  });

  it('puts probes with the same problem into one item, and leaves out what the reason says already', async () => {
    const { app, exporter } = await servers.create();
    const late = (name: string) => ({
      ...probeStatus({ name, maps: [], metrics: [], lastScrape: { seconds: 1, success: false } }),
      reason: { code: 'PROBE_LATE', message: `Probe "${name}" is left out of this scrape`, remedy: 'Raise it.' },
    });
    exporter.statuses = [late('tcp'), late('opens'), { ...late('execs'), state: 'down' as const }];
    const { body } = await app.inject('/');
    const problems = body.slice(body.indexOf('<h2 id="problems">'), body.indexOf('<h2 id="now">'));
    expect(problems.match(/<li /g)).toHaveLength(2);
    expect(problems).toContain(
      '<a href="#probe-tcp">tcp</a> <a href="#probe-opens">opens</a> <p>Each is left out of this scrape ',
    );
    expect(problems).toContain('<p>Probe &quot;execs&quot; is left out of this scrape ');
    expect(problems).not.toContain('The last read failed');
  });
});
