/**
 * Every event that the log can tell of, in one place: the compiler refuses an id that is not here. The sentences are the offline
 * help page of the id: what has happened, and what to do where something is to be done. Ids are stable; filters and alerts hold them.
 */

export interface EventPage {
  readonly meaning: string;
  /** What to look at first, as command lines or sentences; absent where nothing is to be done. */
  readonly next?: string;
}

const define = <T extends Readonly<Record<string, EventPage>>>(table: T): T => table;

export const logEvents = define({
  // Messages
  MessageDelivered: { meaning: 'A message has arrived: the other side has taken the responsibility for it.' },
  MessageRefused: {
    meaning: 'A rule of this gateway refused a message; the reason names it, and the sender was told.',
    next: 'xgw test-federationroute fabrikam.com -User sip:alice@contoso.com',
  },
  MessageNotDelivered: {
    meaning: 'A message did not arrive, and its sender was told why.',
    next: 'xgw get-xmppfederationfailure',
  },
  MessageBounced: { meaning: 'The other server returned a message that it had taken; its sender was told.' },
  MessageQueued: {
    meaning:
      'The server of a partner is away: a message is on disk and is tried again; its sender was told that it is accepted.',
    next: 'xgw get-queuedmessage',
  },
  MessageGivenUp: {
    meaning: 'A message waited in the queue and could not be delivered; its sender is told.',
    next: 'xgw get-xmppfederationfailure',
  },
  MessagesRecovered: {
    meaning:
      'The process before this one ended in the middle of messages: they are delivered now, or their senders are told.',
  },
  SenderNotTold: {
    meaning:
      'Neither did a message arrive nor could its sender be told: he was not there for a day, or his device refused it.',
    next: 'xgw get-eventlog -CorrelationId 1GT5K0A2B3',
  },
  AnswerNotDelivered: { meaning: 'An answer to a stanza of a partner could not be sent: the stream had ended.' },
  StanzaDropped: {
    meaning:
      'A stanza was left out that nobody waits for: what it would have said is not carried between the protocols.',
  },
  StanzaRefused: { meaning: 'A stanza of a partner was answered with an error; the reason says why.' },
  LoopDetected: {
    meaning: 'A message came back to the gateway that had sent it on: a route leads in a circle.',
    next: 'Look at the static routes of the SIP servers and at the SRV records of the partner.',
  },
  // Presence
  PresenceNotDelivered: {
    meaning: 'Presence could not be sent to whoever watches it; it is sent again with the next change.',
  },
  PresenceRefused: {
    meaning: 'A subscription or presence was refused; the reason names the rule.',
    next: 'xgw get-help about_partnertypes',
  },
  PresenceUnknown: {
    meaning: 'The stream of a partner was lost: its contacts are shown as unknown until they have been asked again.',
  },
  SubscriptionsFull: {
    meaning: 'A domain has as many subscriptions as there may be; a new one was refused.',
    next: 'xgw get-presencesubscription',
  },
  SubscriptionsLeftOut: {
    meaning: 'Some kept subscriptions no longer fit the configuration and were left out at the start.',
  },
  // IM sessions and devices
  ImSessionOpened: { meaning: 'An IM session between a SIP user and a contact has begun.' },
  ImSessionEnded: {
    meaning: 'An IM session is over: for how long it was, how many messages it had, and why it ended.',
  },
  ImSessionRefused: { meaning: 'A SIP user did not take an IM session.', next: 'xgw get-siproute' },
  SessionModeChanged: {
    meaning: 'A SIP user or hop refused one way of messages, and the other way is taken for an hour.',
  },
  SipDeviceLost: { meaning: 'A device left without ending its registration; it is offline.' },
  SipRegistrationRemoved: { meaning: 'An operator ended the registration of a device.' },
  // SIP
  SipMalformed: { meaning: 'Bytes came that are no SIP message; the reason names the first fault.' },
  SipConnectionRefused: {
    meaning: 'A SIP connection was refused, by its address or for a limit.',
    next: 'xgw get-xmppgatewayconfiguration',
  },
  SipConnectionClosed: { meaning: 'A connection to a SIP server has ended.' },
  SipSendFailed: { meaning: 'Something could not be sent to a SIP address.' },
  SipStrayResponse: { meaning: 'A response came that answers nothing of ours.' },
  SipAckMissing: { meaning: 'A session that was taken was never acknowledged, and so it has ended.' },
  SipPeerNotTrusted: {
    meaning: 'A SIP server spoke for users of a domain without being one of their next hops, or without proof.',
    next: 'xgw test-federatedpartner',
  },
  SipRefusalDiagnosed: { meaning: 'A SIP server said more of a refusal: ms-diagnostics, Warning or Reason.' },
  NextHopDown: { meaning: 'A next hop does not answer; messages go by the others.', next: 'xgw test-federatedpartner' },
  NextHopUp: { meaning: 'A next hop answers again.' },
  NextHopUnreachable: {
    meaning: 'A next hop could not be reached, or did not prove who it is.',
    next: 'xgw test-federatedpartner',
  },
  // XMPP
  StreamOpened: { meaning: 'An XMPP stream has begun; it is not authenticated yet.' },
  StreamAuthenticated: { meaning: 'The other end of a stream has proven its domain; the method says how.' },
  StreamEncrypted: { meaning: 'A stream is encrypted from here on.' },
  StreamClosed: { meaning: 'A stream has ended.' },
  StreamRefused: {
    meaning: 'A stream was refused: no partner, or no authentication that its settings permit.',
    next: 'xgw test-federationroute fabrikam.com',
  },
  StreamElementIgnored: { meaning: 'Something came on a stream that has no meaning at that moment.' },
  PartnerUnreachable: {
    meaning: 'No server of a partner could be reached; the next attempt waits longer.',
    next: 'xgw test-federationroute fabrikam.com',
  },
  LimitReached: {
    meaning: 'A peer went over a limit, and was slowed down or refused; docs/limits.md has all of them.',
  },
  // Certificates
  CertificateInForce: { meaning: 'Another certificate is shown from now on.' },
  CertificateLacksDomain: {
    meaning: 'The certificate does not name a domain of ours.',
    next: 'xgw test-certificateconfiguration',
  },
  CertificateExpiring: { meaning: 'A certificate expires soon.', next: 'xgw get-certificate -Timeline' },
  CertificateExpired: {
    meaning: 'A certificate has expired; partners that look refuse it.',
    next: 'xgw get-help request-certificate -Examples',
  },
  CertificateRenewed: { meaning: 'A certificate was renewed and is in force.' },
  CertificateRenewalFailed: {
    meaning: 'A renewal failed and is tried again; the certificate in force is unchanged.',
    next: 'xgw update-certificate -WhatIf',
  },
  CertificateRenewalPending: { meaning: 'An authority has not answered yet; the request waits.' },
  RenewalNotStarted: {
    meaning: 'Certificates are not renewed, since another process does it or the store cannot be read.',
  },
  KeyMaterialFailed: {
    meaning: 'A key or certificate of the store cannot be used.',
    next: 'xgw test-certificateconfiguration',
  },
  WarningsNotKept: { meaning: 'Which warnings were given could not be written down; they may be given again.' },
  // Service and store
  ServiceStarted: { meaning: 'The gateway runs and listens.' },
  ServiceStopping: { meaning: 'The gateway takes no new messages, and finishes those under way.' },
  ServiceStopped: { meaning: 'The gateway has stopped.' },
  TraceStarted: { meaning: 'A trace writes its steps into a file of the trace folder.', next: 'xgw get-trace' },
  TraceEnded: {
    meaning: 'A trace is over: its time or its file, somebody stopped it, or its file could not be written.',
    next: 'xgw get-trace',
  },
  ConfigurationLoaded: { meaning: 'A revision of the configuration is in force.' },
  EventLogWritten: {
    meaning: 'The event log could not be written for a time, and is again; the number of lost events is in it.',
  },
  ListenersChanged: { meaning: 'The gateway listens on other addresses or ports.' },
  ListenersFailed: { meaning: 'An address or port could not be had; the others work.', next: 'xgw get-service' },
  ConnectionNotAccepted: {
    meaning: 'The system could not give the gateway a connection: it is short of descriptors or of memory.',
    next: 'xgw get-service',
  },
  MetricsNotListening: { meaning: 'The port for metrics could not be had.', next: 'xgw get-service' },
  ServiceManagerNotTold: { meaning: 'The service manager, systemd, could not be told of the state of the service.' },
  ConfigurationNotLoaded: {
    meaning: 'The store cannot be read; the configuration of before stays in force.',
    next: 'xgw get-configurationstore',
  },
  StateNotWritten: {
    meaning: 'What must survive a restart could not be written; it is kept in memory and tried again.',
    next: 'df -h',
  },
  StateWritten: { meaning: 'What must survive a restart can be written again.' },
  StateSetAside: {
    meaning: 'State on the disk was damaged and was set aside; the gateway began with what could be read.',
  },
});

export type LogEventId = keyof typeof logEvents;
