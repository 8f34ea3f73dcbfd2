/**
 * The last phase of a migration: certificates beside gateway and DNS, each proven, the route proven last; and everything taken
 * back when something cannot be. DNS comes after the gateway, since its records say the name that the gateway gets.
 */
import type { Clock } from '../../primitives/clock.ts';
import type { JournalStep, MigrationJournal } from '../../store/migration-journal.ts';

export const cutOverSteps = ['Certificates', 'Gateway', 'Dns'] as const;
export type CutOverStep = (typeof cutOverSteps)[number];

/** The words of a cmdlet. */
export type CommandLine = readonly string[];

export interface StepPlan {
  readonly name: CutOverStep;
  readonly perform: readonly CommandLine[];
  readonly prove: readonly CommandLine[];
}

export interface LineOutcome {
  readonly code: number | null;
  readonly stdout: string;
  /** The first line of what it said when it failed. */
  readonly said: string;
}

export interface CutOverSurroundings {
  readonly clock: Clock;
  run(line: CommandLine): Promise<LineOutcome>;
  /** Each change of what is known is kept. */
  keep(journal: MigrationJournal): void;
  /** What the lines of a step wrote, for who takes them back. */
  onDone(step: CutOverStep, stdout: string): void;
  /** Everything as it was. @throws what keeps it from being so */
  rollBack(): Promise<void>;
}

export interface CutOverOrder {
  readonly steps: readonly StepPlan[];
  /** Proves the whole, after the steps. */
  readonly proof: readonly CommandLine[];
  /** Certificates beside gateway and DNS. */
  readonly isParallel: boolean;
  readonly baseRevision: number;
  readonly goesBack: boolean;
}

/** @returns How it ended, without the outage. */
export async function cutOver(order: CutOverOrder, surroundings: CutOverSurroundings): Promise<MigrationJournal> {
  const run = new Run(order, surroundings);
  const works = (await run.performAll()) && (await run.proveAll());
  if (works) return run.ended('Success');
  if (!order.goesBack) return run.ended('Failed');
  try {
    await surroundings.rollBack();
    return run.ended('RolledBack');
  } catch (error) {
    return run.failedToGoBack(error);
  }
}

class Run {
  readonly #order: CutOverOrder;
  readonly #surroundings: CutOverSurroundings;
  #journal: MigrationJournal;

  constructor(order: CutOverOrder, surroundings: CutOverSurroundings) {
    this.#order = order;
    this.#surroundings = surroundings;
    const waiting = (name: string): JournalStep => ({ name, state: 'Pending', detail: 'not begun' });
    this.#journal = {
      started: surroundings.clock.wallTime().toISOString(),
      result: 'Running',
      baseRevision: order.baseRevision,
      outageMs: 0,
      steps: [...order.steps.map(({ name }) => waiting(name)), waiting('Route')],
    };
    surroundings.keep(this.#journal);
  }

  /** A step that fails keeps those behind it in its row from beginning. */
  async performAll(): Promise<boolean> {
    const { steps, isParallel } = this.#order;
    const [certificates, others] = [steps.filter(isOfCertificates), steps.filter((step) => !isOfCertificates(step))];
    if (!isParallel) return await this.#performRow([...certificates, ...others]);
    const rows = await Promise.all([this.#performRow(certificates), this.#performRow(others)]);
    return rows.every((each) => each);
  }

  async #performRow(steps: readonly StepPlan[]): Promise<boolean> {
    for (const { name, perform } of steps) {
      this.#note(name, { state: 'Running', started: this.#now(), detail: 'under way' });
      const failure = await this.#runAll(perform, name);
      if (failure !== undefined) {
        this.#note(name, { state: 'Failed', ended: this.#now(), detail: failure });
        return false;
      }
      this.#note(name, { state: 'Done', ended: this.#now(), detail: 'done, not proven' });
    }
    return true;
  }

  async proveAll(): Promise<boolean> {
    for (const { name, prove } of [...this.#order.steps, { name: 'Route', prove: this.#order.proof }]) {
      const failure = await this.#runAll(prove);
      this.#note(name, {
        state: failure === undefined ? 'Proven' : 'Failed',
        ended: this.#now(),
        detail: failure ?? 'proven',
      });
      if (failure !== undefined) return false;
    }
    return true;
  }

  /** @returns What the first line that failed said. */
  async #runAll(lines: readonly CommandLine[], step?: CutOverStep): Promise<string | undefined> {
    for (const line of lines) {
      const { code, stdout, said } = await this.#surroundings.run(line);
      if (code !== 0) return `${line[0]} ended with exit code ${code}: ${said}`;
      if (step !== undefined) this.#surroundings.onDone(step, stdout);
    }
    return undefined;
  }

  ended(result: MigrationJournal['result']): MigrationJournal {
    const steps = this.#journal.steps.map((step) =>
      result === 'RolledBack' && (step.state === 'Done' || step.state === 'Proven')
        ? { ...step, state: 'RolledBack' as const, detail: 'taken back' }
        : step,
    );
    this.#journal = { ...this.#journal, steps, result, ended: this.#now() };
    this.#surroundings.keep(this.#journal);
    return this.#journal;
  }

  failedToGoBack(error: unknown): MigrationJournal {
    const reason = error instanceof Error ? error.message : String(error);
    this.#note('Route', { state: 'Failed', detail: `the way back failed: ${reason}` });
    return this.ended('Failed');
  }

  #note(name: string, news: Partial<JournalStep>): void {
    const steps = this.#journal.steps.map((step) => (step.name === name ? { ...step, ...news } : step));
    this.#journal = { ...this.#journal, steps };
    this.#surroundings.keep(this.#journal);
  }

  #now(): string {
    return this.#surroundings.clock.wallTime().toISOString();
  }
}

const isOfCertificates = ({ name }: StepPlan): boolean => name === 'Certificates';
