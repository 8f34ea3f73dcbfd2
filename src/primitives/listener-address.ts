/** Where the gateway accepts connections, as get-service shows it. */
export interface ListenerAddress {
  /** `xmpp`, `xmpp-direct-tls`, `sip-udp`, `sip-tcp`, `sip-tls`. */
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
}
