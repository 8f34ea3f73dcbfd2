/**
 * `X-Correlation: 01JD8W3K...` in requests to our own SIP users: what their servers log of a message can be found by the id
 * under which this gateway traces it. Never read from a request that comes in: whoever sends one could choose it.
 */
import type { HeaderField } from './headers.ts';

export const correlationName = 'X-Correlation';

export const correlationField = (correlationId: string): HeaderField => [correlationName, correlationId];
