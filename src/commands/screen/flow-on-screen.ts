/** The keys of the message view, and the files that it saves. */
import { checkOutputFile, writeOutputFile } from '../../operations/output-file.ts';
import { flowPicture } from '../../operations/trace/flow-ladder.ts';
import { flowPage } from '../../operations/trace/flow-page.ts';
import {
  actOn,
  type FlowAct,
  type FlowView,
  filtered,
  flowViewLines,
  startFlowView,
} from '../../operations/trace/flow-view.ts';
import type { MessageFlow } from '../../operations/trace/message-flow.ts';
import { isCodedError } from '../../primitives/errors.ts';
import type { Key } from './keys.ts';
import type { Shown } from './show-on-screen.ts';

interface Rules {
  readonly withBodies: boolean;
  /** A file that is there is written over. */
  readonly force: boolean;
}

export const flowOnScreen = (flow: MessageFlow, rules: Rules): Shown<FlowView> => ({
  start: startFlowView(flow),
  draw: (view, screen) => flowViewLines(view, screen.size()),
  onKey: (view, key) => (view.isFiltering ? typed(view, key) : pressed(view, key, rules)),
});

const acts: Readonly<Record<string, FlowAct>> = {
  up: 'up',
  down: 'down',
  pageup: 'pageup',
  pagedown: 'pagedown',
  home: 'home',
  end: 'end',
  enter: 'open',
  right: 'open',
  left: 'back',
  space: 'mark',
  k: 'up',
  j: 'down',
  t: 'time',
  '/': 'filter',
};

function pressed(view: FlowView, key: Key, rules: Rules): FlowView | 'quit' {
  const name = typeof key === 'string' ? key : key.letter;
  if (name === 'q' || (name === 'escape' && view.page === 'ladder')) return 'quit';
  if (name === 'escape') return actOn(view, 'back');
  if (name === 's') return saved(view, 'txt', flowPicture(view.flow, rules.withBodies), rules);
  if (name === 'x') {
    const page = flowPage({ title: view.flow.correlationId, flows: [view.flow], withBodies: rules.withBodies });
    return saved(view, 'html', page, rules);
  }
  const act = acts[name];
  return act === undefined ? view : actOn(view, act);
}

/** Into the filter, until Enter or Esc. */
function typed(view: FlowView, key: Key): FlowView {
  if (key === 'enter') return filtered(view, view.filter, false);
  if (key === 'escape') return filtered(view, '', false);
  if (key === 'backspace') return filtered(view, view.filter.slice(0, -1), true);
  if (key === 'space') return filtered(view, `${view.filter} `, true);
  return typeof key === 'string' ? view : filtered(view, view.filter + key.letter, true);
}

/** In the folder that one is in. A file that is there stays. */
function saved(view: FlowView, ending: 'txt' | 'html', text: string, { force }: Rules): FlowView {
  const file = `message-${view.flow.correlationId}.${ending}`;
  try {
    checkOutputFile(file, force);
    writeOutputFile(file, text, 0o600);
    return { ...view, said: `${file} written` };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { ...view, said: error.message };
  }
}
