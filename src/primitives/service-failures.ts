/** Failures of the gateway process and its listeners: a part of the table in `failures.ts`. */
export const serviceFailures = {
  ServiceNotRunning: { category: 'unavailable', meaning: 'The gateway service is not running on this store.' },
  ServiceAlreadyRunning: { category: 'conflict', meaning: 'Another gateway process runs on this store.' },
  ServiceStartFailed: {
    category: 'unavailable',
    meaning: 'The gateway process ended before it was ready. The event log has its last words.',
  },
  ServiceTimeout: { category: 'timeout', meaning: 'The gateway did not reach the wanted state within the time limit.' },
  ListenerInUse: {
    category: 'unavailable',
    meaning: 'Another process listens on the port. The message names it where the system tells.',
  },
  ListenerDenied: { category: 'denied', meaning: 'The system does not let this user listen on that address or port.' },
  ListenerFailed: { category: 'unavailable', meaning: 'The listen address cannot be used on this machine.' },
  AccessEdgeMissing: {
    category: 'unavailable',
    meaning:
      'The gateway has no AccessEdgeFqdn: the name by which partners reach it, and to which the SRV records of your domains point.',
  },
  DnsUnanswered: {
    category: 'unavailable',
    meaning: 'No DNS resolver answered. It is not known what DNS says; another one can be named with -Server.',
  },
  ServiceUnitInUse: {
    category: 'conflict',
    meaning: 'The systemd unit is enabled, or is not one that register-service wrote. -Force removes it all the same.',
  },
  SipDomainMissing: { category: 'unavailable', meaning: 'No SIP domain is configured, so there is nobody to serve.' },
} as const;
