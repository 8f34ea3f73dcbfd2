/**
 * What a benchmark is: a name and a few figures that one run measured. Machines differ and are shared, so a figure that is
 * to be compared across them has a ratio to a yardstick of the same run.
 */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `a second`, `µs`, `MiB`. */
  readonly unit: string;
  /** How many times the yardstick this one costs, or holds. */
  readonly ratio?: number | undefined;
  /** What the product promises on a machine of today. */
  readonly atLeast?: number | undefined;
  /** How much more than the yardstick it is, in the same unit, and the most that is promised. */
  readonly over?: number | undefined;
  readonly atMostOver?: number | undefined;
  /** The least and the most that is promised of the ratio. */
  readonly atLeastRatio?: number | undefined;
  readonly atMostRatio?: number | undefined;
  /** The most that is promised of the value. */
  readonly atMost?: number | undefined;
}

export interface Benchmark {
  /** As it is typed after `npm run bench --`. */
  readonly name: string;
  /** One sentence: what is measured, and against which yardstick. */
  readonly about: string;
  /** It takes long: only when it is named. */
  readonly onDemand?: true;
  run(): Promise<readonly Figure[]> | readonly Figure[];
}
