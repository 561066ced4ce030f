import { gunzipSync } from 'node:zlib';
import { Profile as Message } from 'pprof-format';
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../src/errors/fault.js';
import { LIMITS } from '../../src/http/limits.js';
import { FakeProfiles } from '../harness/fake_profiles.js';
import { HttpServers } from '../harness/http_servers.js';
import { eventually, gate } from '../harness/waiting.js';

const servers = new HttpServers();
afterEach(() => servers.close());

async function listen() {
  const created = await servers.listen();
  const profiles = new FakeProfiles();
  created.exporter.profiles = profiles;
  return { ...created, profiles };
}

const FOLDED =
  'burner;main;work;burn 490\nburner;main;work;syscall;do_syscall_64_[k];vfs_read_[k] 98\nnode;main;tick_[j];libx.so+0x1f40 49\n';

describe('without a source of profiles', () => {
  it.each(['/flamegraph', '/debug/pprof/', '/debug/pprof/profile', '/debug/pprof/fgprof'])(
    '%s says how to switch it on, as text and as a page',
    async (path) => {
      const { app } = await servers.create();
      const text = await app.inject(path);
      expect([text.statusCode, text.headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
      expect(text.body).toMatch(/^No profiles are recorded.* \[PROFILES_OFF]\n {2}Add `flight_recorder/);
      const page = await app.inject({ url: path, headers: { accept: 'text/html,*/*;q=0.8' } });
      expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      expect(page.body).toContain('<code>PROFILES_OFF</code>');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'sha256-");
    },
  );

  it('the landing page does not link to a flame graph', async () => {
    const { app, exporter } = await servers.create();
    expect((await app.inject('/')).body).not.toContain('/flamegraph');
    exporter.isRecording = true;
    expect((await app.inject('/')).body).toContain('<a href="/flamegraph">Flame graph</a>');
  });
});

describe('a profile file', () => {
  it('is gzipped pprof, as a download', async () => {
    const { url, profiles } = await listen();
    Object.assign(profiles, { lost: 3, missingMs: 40_000 });
    const response = await fetch(`${url}/debug/pprof/profile?window=5m`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="profile.pb.gz"',
      'x-profile-lost-samples': '3',
      'x-profile-missing-seconds': '40',
    });
    const message = Message.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));
    expect(message.sample.map(({ value }) => Number(value[0]))).toEqual([490, 98, 49]);
    const [[kind, from, to]] = profiles.asked as [(typeof profiles.asked)[0]];
    expect([kind, to - from]).toEqual(['cpu', 300_000]);
  });

  it('is folded text, compressed only for clients that accept it', async () => {
    const { app, exporter } = await servers.create();
    exporter.profiles = new FakeProfiles();
    const path = '/debug/pprof/profile?window=15s&format=folded';
    const plain = await app.inject(path);
    expect([plain.body, plain.headers['content-encoding']]).toEqual([FOLDED, undefined]);
    const gzip = await app.inject({ url: path, headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(FOLDED);
  });

  it('has the stacks of a label only', async () => {
    const { app, exporter } = await servers.create();
    exporter.profiles = new FakeProfiles();
    const { body } = await app.inject('/debug/pprof/fgprof?window=5m&command=node&format=folded');
    expect(body).toBe('node;main;tick_[j];libx.so+0x1f40 49\n');
    expect(exporter.profiles.asked[0]![0]).toBe('offcpu');
  });

  it('is not collected for HEAD', async () => {
    const { app, exporter } = await servers.create();
    exporter.profiles = new FakeProfiles();
    for (const path of ['/debug/pprof/profile', '/flamegraph'])
      expect((await app.inject({ method: 'HEAD', url: path })).statusCode).toBe(200);
    expect([exporter.profiles.asked, exporter.profiles.signals]).toEqual([[], []]);
  });

  it('answers 400 to a wrong query, 503 to a source that fails, and 500 to a defect', async () => {
    const { app, exporter, lines } = await servers.create();
    exporter.profiles = new FakeProfiles();
    const wrong = await app.inject('/debug/pprof/profile?seconds=0');
    expect([wrong.statusCode, wrong.body]).toEqual([
      400,
      '"seconds" cannot be "0" [PROFILE_QUERY]\n  Use a whole number from 1 to 300.\n',
    ]);
    exporter.profiles.error = fault('PROBE_LATE', { probe: 'profile', seconds: 1 });
    expect((await app.inject('/debug/pprof/fgprof?window=1m')).statusCode).toBe(503);
    exporter.profiles.error = new Error('a defect');
    expect((await app.inject('/debug/pprof/fgprof?window=1m')).statusCode).toBe(500);
    expect(lines.some((line) => JSON.stringify(line).includes('a defect'))).toBe(true);
  });

  it('ends its collection when the client leaves, and gives its place back', async () => {
    const { url, profiles } = await listen();
    const { promise, open } = gate();
    profiles.gate = promise;
    const leaving = Array.from({ length: LIMITS.profilesOfClient }, () => new AbortController());
    const requests = leaving.map(({ signal }) => fetch(`${url}/debug/pprof/profile?seconds=30`, { signal }));
    await eventually(() => profiles.signals.length === LIMITS.profilesOfClient);
    const refused = await fetch(`${url}/flamegraph`);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('[PROFILE_LIMIT]')]);
    for (const one of leaving) one.abort();
    await Promise.allSettled(requests);
    await eventually(() => profiles.signals.every(({ aborted }) => aborted));
    open();
    const next = await fetch(`${url}/debug/pprof/profile?seconds=1&format=folded`);
    expect([next.status, await next.text()]).toEqual([200, FOLDED]);
  });
});

it('a source that hangs keeps only those waiting who asked it', async () => {
  const { url, profiles } = await listen();
  const { promise, open } = gate();
  profiles.gate = promise;
  const leaving = new AbortController();
  const hanging = fetch(`${url}/flamegraph`, { signal: leaving.signal });
  await eventually(() => profiles.asked.length === 1);
  profiles.gate = Promise.resolve();
  const waiting = fetch(`${url}/debug/pprof/profile?window=5m&format=folded`);
  leaving.abort();
  await expect(hanging).rejects.toThrow();
  expect(await (await waiting).text()).toBe(FOLDED);
  open();
});

describe('the flame graph', () => {
  async function pageOf(query: string, change: Partial<FakeProfiles> = {}) {
    const { app, exporter } = await servers.create();
    exporter.profiles = Object.assign(new FakeProfiles(), change);
    const { body, headers, statusCode } = await app.inject(`/flamegraph${query}`);
    expect(statusCode).toBe(200);
    const [, json = ''] = /<script type="application\/json" id="profile">(.*?)<\/script>/s.exec(body) ?? [];
    return { body, headers, json, profiles: exporter.profiles, text: body.replace(/<style>.*?<\/style>/s, '') };
  }

  it('has totals, a table, and the tree as data', async () => {
    const { text, json, headers } = await pageOf('');
    expect(text).toContain('<dt>CPU time</dt><dd>13 s</dd><dd>637 samples, everything recorded</dd>');
    expect(text).toMatch(/<bdi>burn<\/bdi>.*?data-label="Self">10 s<.*?data-label="Share">77 %</s);
    const { kind, unit, names, root } = JSON.parse(json);
    expect([kind, unit, root.slice(2, 5)]).toEqual(['cpu', 1e9 / 49 / 1e9, ['root', 637, 0]]);
    expect(names).toEqual(expect.arrayContaining(['all', 'burner', 'command', 'burn', 'app', 'libx.so+0x1f40']));
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
  });

  it('compares with an earlier time, in which the record may be shorter', async () => {
    const { text, json, profiles } = await pageOf('?at=1764240000&window=1m&diff=1h', {
      boundary: 1_764_239_000_000,
      earlier: [],
    });
    expect(profiles.asked).toEqual([
      ['cpu', 1_764_239_940_000, 1_764_240_000_000],
      ['cpu', 1_764_236_340_000, 1_764_236_400_000],
    ]);
    expect(text).toContain('<dt>1 h earlier</dt><dd>0 s</dd><dd>nothing was recorded then</dd>');
    expect(text).toContain('Functions that changed most');
    expect(JSON.parse(json)).toMatchObject({ earlier: '1 h' });
  });

  it('links to the times around it, with everything that was chosen', async () => {
    const { text } = await pageOf('?at=1764240000&window=5m&command=node&diff=1h&kind=offcpu');
    const links = [...text.matchAll(/href="(\/[^"]*)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));
    const rest = 'window=5m&kind=offcpu&diff=1h&command=node';
    expect(links).toEqual([
      '/',
      `/flamegraph?at=1764239700&${rest}`,
      `/flamegraph?at=1764240300&${rest}`,
      `/flamegraph?${rest}`,
      '/debug/pprof/fgprof?at=1764240000&window=5m&command=node',
      '/debug/pprof/fgprof?at=1764240000&window=5m&command=node&format=folded',
    ]);
    expect(text).toContain('<option value="node" selected>node</option>');
  });

  it('says what was lost and what has no record', async () => {
    const { text } = await pageOf('', { lost: 1, missingMs: 90_000 });
    expect(text).toContain('<p>There is no record of 1 min 30 s of this time: ');
    expect(text).toContain('<p>1 sample of this time could not be recorded: ');
    expect((await pageOf('', { missingMs: 300_000, stacks: [] })).text).toContain('no record of all of this time');
    expect((await pageOf('?command=none')).text).toContain('No sample matches.');
  });

  it('treats names as text, whatever is in them', async () => {
    const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u2028\u202e\u0000`;
    const frames = [{ function: hostile, module: hostile, offset: 0, isKernel: false }];
    const { body, json } = await pageOf('', { stacks: [{ labels: { command: hostile }, frames, value: 1 }] });
    expect(json).not.toMatch(/[<>\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(json).names).toContain(
      `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&\\xe2\\x80\\xa8\\xe2\\x80\\xae\\x00`,
    );
    expect(body.match(/<script/g)).toHaveLength(2);
    expect(body).not.toContain('<img');
    expect(body.replace(/<script.*?<\/script>/gs, '').replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* (?:style|on\w+)=/);
  });

  it('shortens long names', async () => {
    const { json } = await pageOf('', { stacks: [{ labels: { command: 'x'.repeat(5000) }, frames: [], value: 1 }] });
    expect(JSON.parse(json).names).toContain(`${'x'.repeat(300)}…`);
  });
});
