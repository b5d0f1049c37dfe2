/** The files of a small suite that passes on every host, and shows what a suite can say. */

const SUITE = `# A suite for Hotcell: jobs, what they are given, and what is expected of them.
#
#   hotcell test               runs it
#   hotcell test --filter gap  runs only the cases whose title has "gap"
#   hotcell validate           only reads it, and says what is wrong with it
#   hotcell schema suite       prints all that may stand here, as JSON Schema for editors

name: words

# What holds for every job, unless the job says otherwise. Each run gets a sandbox of its own: no network, none of this
# machine's files but /usr and the like, and these limits.
defaults:
  limits:
    cpuTime: 2s       # of all its processes together
    wallTime: 10s     # on the clock
    memory: 64MiB
    pids: 16          # processes and threads at once
    output: 64KiB     # bytes on stdout, and as many on stderr

jobs:
  # One job, several cases: the same program with other input and other arguments.
  - name: count
    # Files are put into the sandbox, beside the program; paths are from this file's directory.
    files:
      count-words.sh: { path: count-words.sh }
    command: [sh, count-words.sh]
    cases:
      - name: one line
        stdin: "to be or not to be\\n"
        expect:
          # Nothing else may be written. "tokens" compares words, whatever the white space between them is.
          stdout: { text: "6", compare: tokens }
      - name: gaps
        stdin: "  to   be\\n\\n\\tor not  \\n"
        expect:
          stdout: { text: "4", compare: tokens }
      - name: no input
        stdin: ""
        expect:
          exitCode: 1
          stderr: { matches: "no words" }

  # A job may be a single run. It passes when it exits with 0, unless "expect" says what else is wanted.
  - name: sees nobody's files
    command: [sh, -c, 'test -z "$(ls -A /home)"']

  # What must be stopped can be expected, too.
  - name: never ends
    command: [sh, -c, "while :; do :; done"]
    limits: { cpuTime: 100ms }
    expect: { status: cpu-time-exceeded }
`;

const PROGRAM = `# Counts the words of its standard input.
count=$(wc -w)
if [ "$count" -eq 0 ]; then
  echo "no words" >&2
  exit 1
fi
echo "$count"
`;

export interface InitFile {
  readonly name: string;
  readonly content: string;
}

export const INIT_FILES: readonly InitFile[] = [
  { name: 'hotcell.yaml', content: SUITE },
  { name: 'count-words.sh', content: PROGRAM },
];
