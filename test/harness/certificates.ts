import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate authority for a test, and the certificates it signs, as files in one folder. */
export class Certificates {
  readonly #folder: string;

  /** Creates the authority `name`. Requires the openssl command. */
  constructor(
    folder: string,
    readonly name = 'authority',
  ) {
    this.#folder = folder;
    this.#openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
    );
  }

  get authority(): string {
    return readFileSync(join(this.#folder, `${this.name}.crt`), 'utf8');
  }

  /** Creates `NAME.crt` and `NAME.key` with these subject alternative names, in the syntax of openssl. */
  issue(name: string, alternativeNames = 'IP:127.0.0.1,DNS:localhost'): { cert: string; key: string } {
    writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${alternativeNames}\n`);
    this.#openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
    );
    this.#openssl(
      ...['x509', '-req', '-in', `${name}.csr`],
      ...['-CA', `${this.name}.crt`, '-CAkey', `${this.name}.key`, '-CAcreateserial'],
      ...['-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.crt`],
    );
    const [cert, key] = ['crt', 'key'].map((kind) => readFileSync(join(this.#folder, `${name}.${kind}`), 'utf8'));
    return { cert: cert!, key: key! };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' });
  }
}
