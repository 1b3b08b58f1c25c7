import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** CN, and file name. */
  readonly name: string;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  /** Days from now; negative: expired that long ago. */
  readonly days?: number;
  /** Days from now from which it is valid; in the past when left out. */
  readonly fromDays?: number;
  /** A key that is too short today: RSA, 1024 bits. */
  readonly weak?: boolean;
}

/** A certificate authority in a folder of its own, made with the openssl program; issues what tests and the demo need. */
export class CertificateAuthority {
  readonly certFile: string;
  readonly #keyFile: string;
  readonly #dir: string;
  readonly #name: string;

  private constructor(dir: string, name: string) {
    this.#dir = dir;
    this.#name = name;
    this.certFile = join(dir, 'ca.crt');
    this.#keyFile = join(dir, 'ca.key');
  }

  /** Makes the authority's key and certificate in `dir`, which is created. Fails when openssl is missing. */
  static async create(dir: string, name = 'VFXLP test authority'): Promise<CertificateAuthority> {
    await mkdir(join(dir, 'issued'), { recursive: true, mode: 0o700 });
    const authority = new CertificateAuthority(dir, name);
    await Promise.all([
      writeFile(join(dir, 'index.txt'), ''),
      writeFile(join(dir, 'index.txt.attr'), 'unique_subject = no\n'),
      writeFile(join(dir, 'serial'), '1000\n'),
    ]);
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650'],
      ...['-subj', `/CN=${name}`, '-keyout', authority.#keyFile, '-out', authority.certFile],
    ]);
    return authority;
  }

  /** Issues a certificate for servers and clients alike. */
  async issue({ name, dnsNames = [], addresses = [], days = 365, fromDays, weak = false }: CertificateOptions): Promise<KeyPair> {
    const file = join(this.#dir, name.replace(/[^\w.-]/g, '_'));
    const keyFile = `${file}.key`;
    const certFile = `${file}.crt`;
    const names = [...dnsNames.map((each) => `DNS:${each}`), ...addresses.map((each) => `IP:${each}`)];
    const configFile = `${file}.cnf`;
    await writeFile(configFile, this.#config(names));
    await run('openssl', [
      ...['req', ...(weak ? ['-newkey', 'rsa:1024'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'])],
      ...['-nodes', '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', `${file}.csr`],
    ]);
    await run('openssl', [
      ...['ca', '-batch', '-notext', '-config', configFile, '-in', `${file}.csr`, '-out', certFile],
      ...['-startdate', asn1Time(fromDays ?? Math.min(days, 0) - 30), '-enddate', asn1Time(days)],
    ]);
    return { certFile, keyFile };
  }

  #config(names: readonly string[]): string {
    return `# ${this.#name}
[ca]
default_ca = authority
[authority]
database = ${join(this.#dir, 'index.txt')}
serial = ${join(this.#dir, 'serial')}
new_certs_dir = ${join(this.#dir, 'issued')}
certificate = ${this.certFile}
private_key = ${this.#keyFile}
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth, clientAuth
${names.length === 0 ? '' : `subjectAltName = ${names.join(', ')}`}
`;
  }
}

function asn1Time(daysFromNow: number): string {
  const at = new Date(Date.now() + daysFromNow * 86_400_000);
  return `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
