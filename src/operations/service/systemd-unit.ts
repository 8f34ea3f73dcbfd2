/**
 * The systemd unit of a gateway, as text [systemd.service(5), systemd.exec(5)]: told by sd_notify, closed off from whatever a
 * gateway has no business with, and without any capability it does not need. V8 makes code at run time, so
 * MemoryDenyWriteExecute stays out.
 */

export const unitScopes = ['System', 'User'] as const;
export type UnitScope = (typeof unitScopes)[number];

export const unitName = 'xgw.service';
/** The first line: what register-service may replace and unregister-service may remove. */
export const unitMark = '# Written by xgw register-service.';

export interface UnitFacts {
  readonly scope: UnitScope;
  /** Absolute paths: node and its script. */
  readonly program: readonly string[];
  readonly storeFolder: string;
  /** Whose process it is, in the scope System. */
  readonly account:
    | { readonly kind: 'dynamic' /** The folder below /var/lib. */; readonly stateDirectory: string }
    | { readonly kind: 'user' /** A name or a number. */; readonly user: string };
  readonly drainSeconds: number;
  /** Some port is below 1024. */
  readonly lowPorts: boolean;
  /** Something that it reads is in somebody's home folder. */
  readonly readsHomes: boolean;
  /** Absolute path of the file with the passphrase of the private keys; absent: where systemd keeps credentials. */
  readonly passphraseFile?: string | undefined;
}

/** Seconds beyond the draining: senders are told and streams closed in three. */
const closingSeconds = 30;
/** Seconds until the gateway must be ready: a large run-time state is walked through first, for sixty at most. */
const startSeconds = 120;
/** Seconds without a sign of life; two are given in that time. */
const watchdogSeconds = 120;
/** Streams, SIP connections and files together; Node.js needs one descriptor for each. */
const maxDescriptors = 65_536;
/** What trying again does not mend: usage, not found, needs input, invalid, conflict, denied. */
const hopeless = '2 3 4 5 6 8';

export function systemdUnit(facts: UnitFacts): string {
  const isSystem = facts.scope === 'System';
  const sections = [
    [`${unitMark} Changes belong into a drop-in: systemctl${isSystem ? '' : ' --user'} edit ${unitName}`],
    ['[Unit]', 'Description=XMPP Federation Gateway', 'Documentation=man:xgw-start-service(1)', ...order(isSystem)],
    ['[Service]', ...service(facts), ...credentials(facts), ...(isSystem ? system(facts) : []), ...confinement],
    ['[Install]', `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const order = (isSystem: boolean): readonly string[] => [
  ...(isSystem ? ['Wants=network-online.target', 'After=network-online.target nss-lookup.target'] : []),
  'StartLimitIntervalSec=300',
  'StartLimitBurst=5',
];

function service({ program, storeFolder, drainSeconds }: UnitFacts): readonly string[] {
  const command = (...words: readonly string[]): string =>
    [...program, ...words, '-ConfigStore', storeFolder].map(commandWord).join(' ');
  return [
    'Type=notify',
    // A program of systemd's carries the notifications, so they come from a child.
    'NotifyAccess=all',
    `ExecStart=${command('start-service', '-Foreground', '-DrainTimeout', String(drainSeconds))}`,
    `ExecReload=${command('update-service')}`,
    'Environment=XGW_NONINTERACTIVE=1',
    'Restart=on-failure',
    'RestartSec=5',
    `RestartPreventExitStatus=${hopeless}`,
    'SuccessExitStatus=130 143',
    `TimeoutStartSec=${startSeconds}`,
    `TimeoutStopSec=${drainSeconds + closingSeconds}`,
    `WatchdogSec=${watchdogSeconds}`,
    'KillMode=mixed',
    `LimitNOFILE=${maxDescriptors}`,
  ];
}

/** Without a path systemd looks in /etc/credstore and /run/credstore, and it is no error when nothing is there. */
function credentials({ passphraseFile }: UnitFacts): readonly string[] {
  const place = passphraseFile === undefined ? '' : `:${unitText(passphraseFile)}`;
  return ['# The passphrase of encrypted private keys.', `LoadCredential=xgw-key-pass${place}`];
}

/** What needs the rights of the system's manager. */
function system({ account, storeFolder, lowPorts, readsHomes }: UnitFacts): readonly string[] {
  const capability = lowPorts ? 'CAP_NET_BIND_SERVICE' : '';
  return [
    ...(account.kind === 'dynamic'
      ? ['DynamicUser=yes', `StateDirectory=${unitWord(account.stateDirectory)}`, 'StateDirectoryMode=0700']
      : [`User=${unitText(account.user)}`, `ReadWritePaths=${unitWord(storeFolder)}`]),
    'ProtectSystem=strict',
    `ProtectHome=${readsHomes ? 'read-only' : 'yes'}`,
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectProc=invisible',
    'RemoveIPC=yes',
    `CapabilityBoundingSet=${capability}`,
    `AmbientCapabilities=${capability}`,
  ];
}

/** What the manager of a user can do as well. */
const confinement = [
  'NoNewPrivileges=yes',
  'UMask=0077',
  'KeyringMode=private',
  'LockPersonality=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  // AF_NETLINK: which addresses are this machine's own.
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged',
  'SystemCallErrorNumber=EPERM',
];

/** Specifiers begin with a percent sign. */
const unitText = (text: string): string => text.replaceAll('%', '%%');

/** One word of a command line, where variables are expanded. [systemd.service(5), COMMAND LINES] */
const commandWord = (word: string): string => unitWord(word.replaceAll('$', '$$$$'));

/** One word of a list, quoted when it must be. [systemd.syntax(7), QUOTING] */
function unitWord(word: string): string {
  const plain = unitText(word);
  if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
}
