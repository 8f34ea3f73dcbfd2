/** Where the gateway accepts connections, as get-service shows it. */
export interface ListenerAddress {
  /** `xmpp`, `xmpp-direct-tls`, `sip-udp`, `sip-tcp`, `sip-tls`, `metrics`. */
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
}
