/** Failures of the gateway process and its listeners: a part of the table in `failures.ts`. */
export const serviceFailures = {
  ServiceNotRunning: {
    category: 'unavailable',
    meaning: 'The gateway service is not running on this store.',
    next: 'xgw start-service',
  },
  ServiceAlreadyRunning: {
    category: 'conflict',
    meaning: 'Another gateway process runs on this store.',
    next: 'xgw get-service',
  },
  ServiceStartFailed: {
    category: 'unavailable',
    meaning: 'The gateway process ended before it was ready. The event log has its last words.',
    next: 'xgw get-eventlog -Tail 20',
  },
  ServiceTimeout: {
    category: 'timeout',
    meaning: 'The gateway did not reach the wanted state within the time limit.',
    next: 'xgw get-eventlog -Tail 20',
  },
  ListenerInUse: {
    category: 'unavailable',
    meaning: 'Another process listens on the port. The message names it where the system tells.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  ListenerDenied: {
    category: 'denied',
    meaning: 'The system does not let this user listen on that address or port.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  ListenerFailed: {
    category: 'unavailable',
    meaning: 'The listen address cannot be used on this machine.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  AccessEdgeMissing: {
    category: 'unavailable',
    meaning:
      'The gateway has no AccessEdgeFqdn: the name by which partners reach it, and to which the SRV records of your domains point.',
    next: 'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn xmpp.contoso.com',
  },
  DnsUnanswered: {
    category: 'unavailable',
    meaning: 'No DNS resolver answered. It is not known what DNS says; another one can be named with -Server.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  DnsUpdateRefused: {
    category: 'denied',
    meaning:
      'The name server does not take this update: its policy, its zones, its clock or its key say no. Nothing was changed in that zone. The reason says which.',
    next: 'xgw test-dnsrecord',
  },
  DnsUpdateFailed: {
    category: 'unavailable',
    meaning:
      'The update of DNS failed at the server, or its answer is not signed with the key. test-dnsrecord says what DNS says now.',
    next: 'xgw test-dnsrecord',
  },
  DnsRecordConflict: {
    category: 'conflict',
    meaning:
      'Other records stand at a name that would be written, or they changed while they were looked at. -Force replaces what stands there.',
    next: 'xgw test-dnsrecord',
  },
  ServiceUnitInUse: {
    category: 'conflict',
    meaning: 'The systemd unit is enabled, or is not one that register-service wrote. -Force removes it all the same.',
    next: 'systemctl status xgw',
  },
  TraceExists: {
    category: 'conflict',
    meaning: 'A trace of this name is there already, running or stored.',
    next: 'xgw get-trace',
  },
  TooManyTraces: { category: 'busy', meaning: 'As many traces run as may at the same time.', next: 'xgw get-trace' },
  TraceDenied: { category: 'denied', meaning: 'The file of a trace cannot be made in the trace folder of the store.' },
  SipDomainMissing: {
    category: 'unavailable',
    meaning: 'No SIP domain is configured, so there is nobody to serve.',
    next: 'xgw new-sipdomain contoso.com',
  },
} as const;
