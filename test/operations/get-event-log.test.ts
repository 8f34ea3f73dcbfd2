/** What -Filter finds: texts of people, and not how they are kept. */
import { expect, it } from '@jest/globals';

import { matchesFilter } from '../../src/operations/get-event-log.ts';
import type { LoggedEvent } from '../../src/store/event-log-reader.ts';

const event: LoggedEvent = {
  id: 'CertificateInForce',
  level: 'warn',
  component: 'service',
  message: 'certificate A1B2 "edge" is shown',
  time: '2026-11-22T09:00:00.000Z',
  facts: { path: String.raw`C:\store`, domains: ['contoso.example'] },
};
const finds = (filter: string): boolean => matchesFilter(event, { level: 'debug', filter });

it.each(['a1b2 "EDGE"', String.raw`c:\store`, 'contoso.example', 'certificateinforce'])('finds %s', (text) => {
  expect(finds(text)).toBe(true);
});

it.each(['message', 'time', 'warn', 'service', '2026'])('does not find every event by "%s"', (text) => {
  expect(finds(text)).toBe(false);
});
