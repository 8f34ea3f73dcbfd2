/** about_siproutes: where the users of a SIP domain are, and what both sides have to know. */

export const sipRoutesText = (): string => `Where the users of a SIP domain are, the first that applies:
  its route                      xgw new-siproute contoso.com -NextHop ...
  SipNextHop, the route Global   SipMode NextHop
  at home here                   SipMode HomeServer, the default

A next hop is host:port;transport=tls|tcp|udp. Quote it: a shell ends the line
at the semicolon. Without a transport it is tls; the port is then 5061, else
5060. Several are tried in their order:
  xgw new-siproute contoso.com -NextHop 'fe01.contoso.com,fe02.contoso.com' \\
      -TlsName pool.contoso.com

DnsLookup  Host: addresses of the host. Sip: NAPTR and SRV before them, where
           no port is named. SipFederation: _sipfederationtls._tcp of a domain.
TlsName    what the certificate of each next hop must prove; the host of the
           next hop when it is absent. An address proves nothing: give a name.
SessionMode  Session: an INVITE opens a conversation, as Lync and Skype for
           Business expect it. Pager: each message stands alone, as for most
           proxies. Auto: a session, and pages where that is refused.

The other side must send what is for the XMPP partners to this gateway, and
must believe it. What to type there:
  xgw get-siproute contoso.com -OutputFormat powershell   (Lync, SfB)
  xgw get-siproute contoso.com -OutputFormat kamailio
A next hop over TLS is believed by its certificate, one over TCP or UDP by its
address; others only if TrustedSipPeers names them.

Does it work?
  xgw get-siproute -ExpandProperty Hops       each next hop: Up, Down, and why
  xgw get-service -ExpandProperty Warnings
  xgw get-eventlog -Tail 20
docs/sip-next-hops.md has it step by step, for each kind of server.`;
