/** Cmdlets inside of a cmdlet: the same binder and the same run, with values for words and objects for standard input and output. */
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { correlationId } from '../../primitives/ids.ts';
import type { ArgvRules } from './argv.ts';
import type { BoundValues } from './binding.ts';
import type { Cmdlet, OutputObject, ShellHost } from './cmdlet.ts';
import { describeCmdlet } from './cmdlet.ts';
import { cmdletHelp } from './cmdlet-help.ts';
import { paletteOf } from './colour.ts';
import { bindsFromPipe, type CommonValues, commonParametersOf } from './common-parameters.ts';
import { withParameterFile, withSettings } from './completed-invocation.ts';
import { readInvocation } from './invocation.ts';
import { localizer } from './localized-text.ts';
import type { BoundRun, Pipe } from './pipe.ts';
import { errorRecord, jsonRecord } from './report-error.ts';
import { runCmdlet } from './run-cmdlet.ts';
import { openSession, type Run, type Session, storeFolder } from './session.ts';
import { isSet, wantsColour } from './surroundings.ts';
import { transcriptOf } from './transcript.ts';
import { shownText } from './typed-values.ts';

export interface ShellRules {
  readonly cmdlets: readonly Cmdlet[];
  readonly interruptible: ShellHost['interruptible'];
}

export function shellHostOf(session: Session, { cmdlets, interruptible }: ShellRules): ShellHost {
  const { host, common, writer } = session;
  const transcript = transcriptOf(host);
  return {
    host,
    cmdlets,
    interruptible,
    folder: storeFolder(host, common.ConfigStore),
    parametersOf: (cmdlet) => ({ ...cmdlet.parameters, ...commonParametersOf(cmdlet, true) }),
    bind: (cmdlet, words, values) => bindRun({ ...session, transcript }, cmdlet, words, values),
    report(error, cmdlet, typed) {
      writer.flush();
      const palette = paletteOf(wantsColour(host.stderr, host.env, common.NoColor === true));
      const { localize } = session;
      const source = { cmdlet, typed, correlationId: correlationId(new Date()), localize };
      host.stderr.write(errorRecord(error, session.errorView, source, palette));
    },
    errorRecord: (error, cmdlet) =>
      jsonRecord(error, { cmdlet, typed: '', correlationId: correlationId(new Date()) }) as OutputObject,
    restartOutput: writer.restart,
    errorAction: common.ErrorAction,
    transcript,
  };
}

/** What the outer cmdlet was told holds for those inside of it, unless they are told otherwise. Its own output is its own. */
const ownOnly = ['OutputFormat', 'ParameterFile', 'Property', 'ExpandProperty', 'InputObject', 'ErrorAction', 'Help'];

const inherited = (common: CommonValues): Partial<CommonValues> =>
  Object.fromEntries(Object.entries(common).filter(([name]) => !ownOnly.includes(name)));

/** @throws CodedError */
function bindRun(outer: Session, cmdlet: Cmdlet, words: readonly string[], typed: readonly unknown[]): BoundRun {
  const { host, cmdlet: running, signal, transcript } = outer;
  const tokens = words.map((word) => shownText(word, typed));
  const rules: ArgvRules = { strict: isSet(host.env, 'XGW_STRICT'), shell: 'pwsh' };
  if (running.name === cmdlet.name) throw new CodedError('ParameterConflict', `${cmdlet.name} runs already.`);
  const typedLine = readTyped(cmdlet, words, rules, typed);
  if (typedLine.readsInput) throw noInput();
  const { common } = typedLine;
  return {
    errorAction: common.ErrorAction,
    errorVariable: common.ErrorVariable,
    outVariable: common.OutVariable,
    async run(pipe) {
      const { settings } = outer;
      const given = await withParameterFile(typedLine, cmdlet, true);
      const { values, defaults, readsInput, common: own } = withSettings(given, cmdlet, settings, host.env);
      const all = { ...own, ...inherited(outer.common), ...given.common };
      return await runBound(
        {
          host,
          cmdlet,
          tokens,
          common: all,
          defaults,
          settings,
          readsInput,
          signal,
          ...(transcript ? { transcript } : {}),
        },
        values,
        pipe,
      );
    },
  };
}

const noInput = (): CodedError =>
  new CodedError('PositionalParameterNotFound', '- stands for standard input, and here objects come through |.', {
    fix: 'xgw get-help about_managementshell',
  });

/** Faults name values, and not what stands for them. */
function readTyped(cmdlet: Cmdlet, words: readonly string[], rules: ArgvRules, typed: readonly unknown[]) {
  try {
    return readInvocation(cmdlet, words, rules, typed);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const shown = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : shownText(text, typed);
    const { id, message, reason, fix, target, cause } = error;
    const fixes = fix.map((line) => shownText(line, typed));
    throw new CodedError(id, shownText(message, typed), {
      reason: shown(reason),
      fix: fixes,
      target: shown(target),
      cause,
    });
  }
}

async function runBound(run: Run, values: BoundValues, pipe: Pipe): Promise<number> {
  const { cmdlet, common } = run;
  if (common.Help) {
    pipe.emit(cmdletHelp(describeCmdlet(cmdlet), 'Examples', localizer(run.host, common.Language)).trimEnd());
    return 0;
  }
  const named = common.InputObject ?? values['Instance'];
  const input = named === undefined ? pipe.input : given(Array.isArray(named) ? named : [named]);
  if (input && !bindsFromPipe(cmdlet)) {
    throw new CodedError('InputTypeMismatch', `${cmdlet.name} takes nothing from the pipe.`, {
      fix: `xgw get-help ${cmdlet.name.toLowerCase()}`,
    });
  }
  const stops = pipe.stopsAtFailure && common.ErrorAction === undefined;
  const inner: Run = {
    ...run,
    common: stops ? { ...common, ErrorAction: 'Stop' } : common,
    signal: pipe.signal,
    pipe: input ? { ...pipe, input } : withoutInput(pipe),
  };
  const session = openSession(inner);
  return await runCmdlet(session, values, input ? 'asked' : 'none', pipe.report);
}

const withoutInput = ({ input: _none, ...pipe }: Pipe): Pipe => pipe;

async function* given(values: readonly unknown[]): AsyncGenerator {
  yield* values;
}
