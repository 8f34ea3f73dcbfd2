/** What a message costs as there are more partners, and as it is longer: points of two curves, each way, from one gateway. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Benchmark, Figure } from './benchmark.ts';
import { usualBodyBytes } from './load/message-stream.ts';
import { carriedToSip, carriedToXmpp, openRig, type Rig, type RunSize } from './load/rig.ts';
import { plot, type Series } from './plot.ts';

export interface GrowthSizes {
  readonly partners: readonly number[];
  readonly bodyBytes: readonly number[];
  /** Of each point, for a body of the usual size; fewer of larger ones. */
  readonly messages: number;
}

const usual: GrowthSizes = {
  partners: [1, 10, 100, 1_000],
  bodyBytes: [100, 1_000, 10_000, 100_000],
  messages: 10_000,
};

/** Bytes of all bodies of a point. */
const mostBytes = 20_000_000;
const conversations = 1_000;

interface Point {
  readonly at: number;
  readonly toSip: number;
  readonly toXmpp: number;
}

const partner = (index: number): string => `p${index}.load.example`;

const ofPartners = (count: number): Promise<Rig> =>
  openRig(
    Array.from({ length: count }, (_, index) => partner(index)),
    ['*.load.example'],
  );

async function both(rig: Rig, points: readonly (readonly [at: number, size: RunSize])[]): Promise<readonly Point[]> {
  const measured = async (carry: typeof carriedToSip): Promise<readonly number[]> => {
    const rates: number[] = [];
    for (const [, size] of points) {
      // What is measured is a gateway that has been at work for a while.
      await carry(rig, size);
      rates.push((await carry(rig, size)).perSecond);
    }
    return rates;
  };
  const toSip = await measured(carriedToSip);
  await rig.endSources();
  const toXmpp = await measured(carriedToXmpp);
  return points.map(([at], index) => ({ at, toSip: toSip[index] ?? 0, toXmpp: toXmpp[index] ?? 0 }));
}

async function byPartners({ partners, messages }: GrowthSizes): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const count of partners) {
    const rig = await ofPartners(count);
    try {
      points.push(...(await both(rig, [[count, { messages, bodyBytes: usualBodyBytes, conversations }]])));
    } finally {
      await rig.close();
    }
  }
  return points;
}

async function byBody({ bodyBytes, messages }: GrowthSizes): Promise<readonly Point[]> {
  const rig = await ofPartners(1);
  try {
    return await both(
      rig,
      bodyBytes.map((bytes) => {
        const count = Math.min(messages, Math.floor(mostBytes / bytes));
        return [bytes, { messages: count, bodyBytes: bytes, conversations }];
      }),
    );
  } finally {
    await rig.close();
  }
}

/** @param folder - Where the pictures go; without one none is drawn. */
export async function growthFigures(sizes: GrowthSizes, folder?: string): Promise<readonly Figure[]> {
  const [partners, bodies] = [await byPartners(sizes), await byBody(sizes)];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    draw(path.join(folder, 'partners.svg'), 'Messages a second, by partners with a stream each', partners);
    draw(path.join(folder, 'bodies.svg'), 'Messages a second, by bytes of text', bodies);
  }
  return [...figuresOf('partners', partners), ...figuresOf('bytes of text', bodies)];
}

function draw(file: string, title: string, points: readonly Point[]): void {
  const series = (name: string, rate: 'toSip' | 'toXmpp'): Series => ({
    name,
    points: points.map((each) => [each.at, each[rate]]),
  });
  writeFileSync(file, plot(title, [series('XMPP to SIP', 'toSip'), series('SIP to XMPP', 'toXmpp')]));
}

/** The first point is the yardstick of the others. */
function figuresOf(what: string, points: readonly Point[]): readonly Figure[] {
  const [first] = points;
  return points.flatMap((each) =>
    (['toSip', 'toXmpp'] as const).map((rate) => ({
      name: `${rate === 'toSip' ? 'XMPP to SIP' : 'SIP to XMPP'}, ${each.at} ${what}`,
      value: each[rate],
      unit: 'a second',
      ratio: each === first ? undefined : each[rate] / (first?.[rate] ?? Number.NaN),
    })),
  );
}

export const growth: Benchmark = {
  name: 'growth',
  about:
    'messages a second against partners with a stream each, and against the length of the text; the ratio is to the first of its kind; draws docs/performance/*.svg',
  run: () => growthFigures(usual, path.resolve(import.meta.dirname, '..', '..', 'docs', 'performance')),
};
