/** Steps, traces and messages as cmdlets emit them. */
import type { TraceStep } from '../../primitives/trace-step.ts';
import type { TraceOnDisk } from '../../store/trace-files.ts';
import type { MessageFlow } from './message-flow.ts';
import type { RunningTrace } from './trace-recorder.ts';

type Shown = Readonly<Record<string, unknown>>;

export const stepObject = (step: TraceStep): Shown => ({
  Time: step.time,
  Order: step.order,
  CorrelationId: step.correlationId ?? null,
  Component: step.component,
  StepKind: step.kind,
  Subject: step.subject,
  Level: step.level,
  Direction: step.direction ?? null,
  Peer: step.peer ?? null,
  PeerAddress: step.peerAddress ?? null,
  Transport: step.transport ?? null,
  From: step.from ?? null,
  To: step.to ?? null,
  Summary: step.summary,
  Exchange: step.exchange ?? null,
  Size: step.size ?? null,
  Facts: step.facts ?? {},
  Raw: step.raw ?? null,
});

export const flowObject = (flow: MessageFlow): Shown => ({
  CorrelationId: flow.correlationId,
  Subject: flow.subject,
  From: flow.from,
  To: flow.to,
  Result: flow.result,
  Reason: flow.reason ?? null,
  LatencyMs: flow.tookMs,
  XmppPeer: flow.xmpp.peer ?? null,
  XmppPeerAddress: flow.xmpp.peerAddress ?? null,
  XmppTransport: flow.xmpp.transport ?? null,
  SipPeer: flow.sip.peer ?? null,
  SipPeerAddress: flow.sip.peerAddress ?? null,
  SipTransport: flow.sip.transport ?? null,
  Steps: flow.steps.map(stepObject),
});

export const runningTraceObject = (trace: RunningTrace): Shown => ({
  Name: trace.name,
  Scenario: trace.scenario,
  State: 'Running',
  Started: trace.started,
  Ends: trace.until,
  Steps: trace.steps,
  Bytes: trace.bytes,
  MessageBodies: trace.withBodies,
  Reason: null,
  Path: trace.path,
});

/** A trace in a file that nobody writes. */
export const storedTraceObject = (trace: TraceOnDisk): Shown => ({
  Name: trace.name,
  Scenario: trace.scenario,
  State: trace.end === undefined ? 'Interrupted' : 'Ended',
  Started: trace.started,
  Ends: trace.end?.time ?? null,
  Steps: trace.end?.steps ?? null,
  Bytes: trace.bytes,
  MessageBodies: trace.withBodies,
  Reason: trace.end?.reason ?? 'the gateway ended without a word',
  Path: trace.path,
});
