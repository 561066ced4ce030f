import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../../alerts/rule_files.js';

interface Receivers {
  readonly receivers: readonly {
    readonly name: string;
    readonly email_configs?: readonly object[];
    readonly slack_configs?: readonly object[];
    readonly webhook_configs?: readonly object[];
  }[];
}

/** Where the shipped receivers send to in a test. */
export interface Addresses {
  readonly smarthost: string;
  readonly slack: string;
  readonly webhook: string;
}

/** The receivers of alerts/alertmanager/receivers.yaml with other addresses and no credentials; as one receiver, under each name. */
export function shippedReceivers({ smarthost, slack, webhook }: Addresses, names: readonly string[]): object[] {
  const { receivers } = parse(
    readFileSync(join(repository, 'alerts/alertmanager/receivers.yaml'), 'utf8'),
  ) as Receivers;
  const addresses = {
    email_configs: { smarthost, require_tls: false, auth_username: undefined, auth_password_file: undefined },
    slack_configs: { api_url: slack, api_url_file: undefined },
    webhook_configs: { url: webhook, http_config: undefined },
  };
  const integrations = Object.entries(addresses).map(([kind, changes]) => [
    kind,
    receivers.flatMap((receiver) =>
      (receiver[kind as keyof typeof addresses] ?? []).map((settings) => ({ ...settings, ...changes })),
    ),
  ]);
  return names.map((name) => ({ name, ...Object.fromEntries(integrations) }));
}
