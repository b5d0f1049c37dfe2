import type { Phase } from './model.js';

/** What is done with layers. */
export type Work = 'pull' | 'push' | 'load' | 'import' | 'save';

interface Words {
  /** On a terminal, while it goes on. */
  readonly doing: string;
  /** A line of its own, when it has come so far; null for what is no news. */
  readonly said: string | null;
}

type PhaseWords = Readonly<Record<Phase, Words>>;

const silent = (doing: string): Words => ({ doing, said: null });
const both = (words: string): Words => ({ doing: words, said: words });

const READING: PhaseWords = {
  waiting: silent('Waiting'),
  downloading: silent('Reading'),
  verifying: silent('Verifying'),
  unpacking: silent('Unpacking'),
  exists: silent('Already exists'),
  done: silent('Done'),
  pushing: silent('Writing'),
};

/** The words are docker's. */
export const PHASE_WORDS: Readonly<Record<Work, PhaseWords>> = {
  pull: {
    waiting: { doing: 'Waiting', said: 'Pulling fs layer' },
    downloading: silent('Downloading'),
    verifying: { doing: 'Verifying', said: 'Verifying Checksum' },
    unpacking: { doing: 'Extracting', said: 'Download complete' },
    exists: both('Already exists'),
    done: both('Pull complete'),
    pushing: silent('Pushing'),
  },
  push: {
    waiting: { doing: 'Waiting', said: 'Preparing' },
    downloading: silent('Preparing'),
    verifying: silent('Preparing'),
    unpacking: silent('Preparing'),
    exists: both('Layer already exists'),
    done: both('Pushed'),
    pushing: silent('Pushing'),
  },
  load: {
    ...READING,
    unpacking: silent('Loading layer'),
    exists: both('Already exists'),
    done: both('Loaded'),
  },
  import: READING,
  save: { ...READING, downloading: silent('Saving'), pushing: silent('Saving') },
};

export const isOver = (phase: Phase): boolean => phase === 'done' || phase === 'exists';
