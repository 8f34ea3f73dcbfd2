/** docs/limits.md says what the code does: every limit of the streams, with its number. */
import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';
import { maxConfigurationFiles } from '../src/commands/declarative/configuration-files.ts';
import { maxGathered } from '../src/commands/host/run-cmdlet.ts';
import { maxNesting } from '../src/commands/shell/cursor.ts';
import { maxRow } from '../src/commands/shell/expression-parser.ts';
import { maxKept } from '../src/commands/shell/filter-values.ts';
import { maxHistoryLineLength, maxHistoryLines } from '../src/commands/shell/history.ts';
import { maxErrors } from '../src/commands/shell/interpreter.ts';
import { maxSum } from '../src/commands/shell/operators.ts';
import { maxScriptLength } from '../src/commands/shell/parse-script.ts';
import { maxPattern, maxStates } from '../src/commands/shell/pattern-builder.ts';
import { maxRounds } from '../src/commands/shell/run-statements.ts';
import { gatewayDefaults } from '../src/config/defaults.ts';
import { maxNextHops } from '../src/config/sip-route.ts';
import { maxMessageWays, messageWayMs } from '../src/gateway/message-ways.ts';
import {
  maxBytesOverall,
  maxBytesPerPartner,
  maxOverall,
  maxPerPair,
  maxPerPartner,
} from '../src/gateway/ordered-deliveries.ts';
import * as queueLimits from '../src/gateway/queue/queue-limits.ts';
import { passwordFailuresPerMinute } from '../src/gateway/sip/home/guess-brake.ts';
import { maxBindings, maxContactLength, maxUserAgentLength } from '../src/gateway/sip/home/registrar.ts';
import * as hopLimits from '../src/gateway/sip/hop-limits.ts';
import * as sipLimits from '../src/gateway/sip/limits.ts';
import { maxBreadth } from '../src/gateway/sip/max-breadth.ts';
import * as sourceLimits from '../src/gateway/sip/source-limits.ts';
import { defaultMaxForwards, maxMarks } from '../src/gateway/sip/trail.ts';
import { subscriptionsPerMinute } from '../src/gateway/subscription-rate.ts';
import { maxTextBytes } from '../src/gateway/translation/text-body.ts';
import * as limits from '../src/gateway/xmpp/s2s-limits.ts';
import { maxPlanBytes } from '../src/operations/declarative/plan-file.ts';
import { maxRecordsBefore } from '../src/operations/dns/zone-at-server.ts';
import * as importLimits from '../src/operations/import/import-limits.ts';
import { activityMinutes, maxActiveDomains, maxLatencies } from '../src/operations/live/partner-activity.ts';
import { maxNamedPartners } from '../src/operations/metrics/metrics-service.ts';
import { maxRunningTraces } from '../src/operations/trace/trace-desk.ts';
import { traceBatchCharacters, traceFlushMs } from '../src/operations/trace/trace-recorder.ts';
import { maxRingCharacters, maxRingSteps } from '../src/operations/trace/trace-ring.ts';
import { maxClixmlDepth, maxClixmlElements } from '../src/primitives/clixml.ts';
import { maxYamlCharacters, maxYamlDepth, maxYamlValues } from '../src/primitives/yaml-document.ts';
import { auditLimits } from '../src/store/audit-files.ts';
import { maxAuditLineBytes } from '../src/store/audit-line.ts';
import { maxBackupBytes, maxBackupContentBytes } from '../src/store/backup-archive.ts';
import { keptRevisions } from '../src/store/configuration-history.ts';
import { maxEventLogBytes, maxWaitingEventBytes } from '../src/store/event-log.ts';
import { keptFiles, maxEventLineBytes } from '../src/store/event-log-reader.ts';
import { maxTraceFileBytes } from '../src/store/trace-files.ts';

const { requestsPerSecond, requestBurstSeconds, maxRatedSources } = sourceLimits;
const sipLimitsInAll = {
  ...sipLimits,
  defaultMaxForwards,
  maxBindings,
  maxBreadth,
  maxContactLength,
  maxMarks,
  maxMessageWays,
  maxRatedSources,
  maxTextBytes,
  maxUserAgentLength,
  messageWayMs,
  requestBurstSeconds,
  requestsPerSecond,
};

const scriptLimits = {
  maxErrors,
  maxHistoryLineLength,
  maxHistoryLines,
  maxKept,
  maxNesting,
  maxPattern,
  maxRounds,
  maxRow,
  maxScriptLength,
  maxStates,
  maxSum,
};

const runningLimits = {
  maxRecordsBefore,
  maxPlanBytes,
  maxConfigurationFiles,
  maxYamlCharacters,
  maxYamlDepth,
  maxYamlValues,
  activityMinutes,
  maxActiveDomains,
  maxLatencies,
  keptFiles,
  maxEventLineBytes,
  maxEventLogBytes,
  maxWaitingEventBytes,
  maxNamedPartners,
  maxRingCharacters,
  maxRingSteps,
  maxRunningTraces,
  maxTraceFileBytes,
  traceBatchCharacters,
  traceFlushMs,
};

const page = readFileSync(new URL('../docs/limits.md', import.meta.url), 'utf8');

/** `name` to number, of the rows that give one. */
const rows = [...page.matchAll(/^\| `([A-Za-z.]+)`[^|]*\| (\d+) \|/gm)].map(
  ([, name = '', value]) => [name, Number(value)] as const,
);

/** `limit`, or `group.limit`; the limits of streams go without their group. */
function flat([name, value]: readonly [string, unknown]): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[name, value]];
  const prefix = name === 'defaultS2sLimits' ? '' : `${name}.`;
  return Object.entries(value as Readonly<Record<string, number>>).map(([key, each]) => [`${prefix}${key}`, each]);
}

const settings = rows.filter(([name]) => /^[A-Z]/.test(name));

it('names every limit of the streams with the number it has, and no other', () => {
  const inCode = new Map(
    Object.entries({
      ...limits,
      ...importLimits,
      ...queueLimits,
      maxBytesOverall,
      maxBytesPerPartner,
      maxOverall,
      maxPerPair,
      maxPerPartner,
      maxClixmlDepth,
      maxClixmlElements,
      maxGathered,
      ...hopLimits,
      maxNextHops,
      ...sipLimitsInAll,
      ...scriptLimits,
      subscriptionsPerMinute,
      passwordFailuresPerMinute,
      keptRevisions,
      auditLimits,
      maxAuditLineBytes,
      maxBackupBytes,
      maxBackupContentBytes,
      ...runningLimits,
    }).flatMap(flat),
  );
  const onPage = rows.filter(([name]) => !/^[A-Z]/.test(name));
  expect(Object.fromEntries(onPage)).toEqual(Object.fromEntries(inCode));
  expect(onPage).toHaveLength(inCode.size);
});

it('gives the settings their defaults', () => {
  expect(settings.length).toBeGreaterThan(4);
  for (const [name, value] of settings) {
    const setting = (name.charAt(0).toLowerCase() + name.slice(1)) as keyof typeof gatewayDefaults;
    expect([name, gatewayDefaults[setting]]).toEqual([name, value]);
  }
});

it('sets the limits of authenticated partners to those of everybody', () => {
  expect(gatewayDefaults.maximumBytesPerSecond).toBe(limits.defaultS2sLimits.bytesPerSecond);
  expect(gatewayDefaults.maximumStanzasPerSecond).toBe(limits.defaultS2sLimits.stanzasPerSecond);
});
