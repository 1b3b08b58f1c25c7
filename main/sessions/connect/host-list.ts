import type { HostPort, LpConfig } from '../../contracts/lp-config.ts';

/** The hosts of one LP in priority order. Only a Logon counts as connected, so each failed attempt moves on to the next. */
export class HostList {
  #hosts: readonly HostPort[];
  #index = 0;

  constructor(config: LpConfig) {
    this.#hosts = hostsOf(config);
  }

  current(): HostPort {
    const host = this.#hosts[this.#index];
    if (host === undefined) throw new Error(`no host at ${this.#index} of ${this.#hosts.length}`);
    return host;
  }

  get onBackup(): boolean {
    return this.#index > 0;
  }

  advance(): void {
    this.#index = (this.#index + 1) % this.#hosts.length;
  }

  /** Back to the first host. */
  reset(): void {
    this.#index = 0;
  }

  update(config: LpConfig): void {
    this.#hosts = hostsOf(config);
    this.#index = 0;
  }
}

const hostsOf = (config: LpConfig): readonly HostPort[] => [
  { host: config.host, port: config.port },
  ...config.session.backupHosts,
];
