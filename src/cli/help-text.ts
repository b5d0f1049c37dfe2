export const PROGRAM_HELP = `
Examples:
  hotcell run ./downloaded-binary --its-own-flag
  hotcell run -m 64m --timeout 2s -- python3 -c 'print(6 * 7)'
  hotcell init my-suite && hotcell test my-suite
  hotcell doctor

"hotcell help COMMAND" says more about each command.
`;

export const RUN_HELP = `
Flags marked * may be given more than once. With mode overlay the program may write, and nothing of
it reaches the host.

COMMAND with a slash that is a file here is copied to /box and run there; one without a slash is
looked for on PATH inside. In an image that has an entrypoint COMMAND is what follows it, and in one
that says what to run it may be left out. Flags end at COMMAND: what follows belongs to the program.
Nothing else of this host's files is visible, there is no network, and nothing is left when the
program ends.

Exit codes:
  the program's own, or 128+N when signal N ended it
  124  time or CPU time limit            125  Hotcell could not do what was asked
  137  memory limit (or SIGKILL)         126  COMMAND cannot be executed
  153  output limit                      127  COMMAND was not found
  159  forbidden system call               2  the flags are wrong

Ctrl-C is passed to the program; a second one ends it. SIGTERM and SIGHUP end it at once, or, where
there is a stop signal, send that, and end it at the second one or after 8 seconds. SIGUSR1 and
SIGUSR2 are passed on.

Examples:
  hotcell run ./downloaded-binary --its-own-flag
  hotcell run -it bash
  hotcell run -m 64m --cpu-time 2s --network none -- python3 -c 'print(6 * 7)'
  hotcell run --copy-in ./src:src --copy-out result.txt:out/ -- make -C src
  hotcell run -v ./data:/data:ro --env-file .env -- sh -c 'wc -l /data/*'
  hotcell run --image debian:12 --pull missing -- cat /etc/os-release
  hotcell run --json ./grade-me < input.txt | jq .metrics
`;

export const DOCTOR_HELP = `
Exits with 0 only when full isolation works, otherwise with 1.

Examples:
  hotcell doctor
  hotcell doctor --json | jq '.checks[] | select(.ok | not)'
`;

export const SCHEMA_HELP = `
Without a name it is the job's.

Examples:
  hotcell schema suite > suite.schema.json
  hotcell schema job > job.schema.json
  hotcell schema outcome | jq '.properties.status.enum'
`;

export const COMPLETION_HELP = `
Examples:
  hotcell completion bash > /etc/bash_completion.d/hotcell
  hotcell completion zsh > "\${fpath[1]}/_hotcell"
  hotcell completion fish > ~/.config/fish/completions/hotcell.fish
`;

export const TEST_HELP = `
Flags marked * may be given more than once. FILEs are suites in YAML or JSON; of a directory those
named hotcell.yaml, *.suite.yaml or *.hotcell.yaml (or .yml, .json). Without one it is the current
directory. Titles are "suite › job › case"; a text in --filter is found whatever its case, between
slashes it is a regular expression.

A reporter without a file writes to standard output, which otherwise has the summary. Progress goes
to standard error: a live view on a terminal, lines elsewhere and where CI is set.

Exit codes:
  0  everything passed                    125  Hotcell could not do what was asked
  1  something did not pass               130  interrupted; the reports are complete
  2  suites or flags are wrong

Ctrl-C kills what runs, or lets it finish with --on-interrupt finish, and then the reports are
written; another one does not wait. --resume takes up where a run was interrupted.

Examples:
  hotcell test
  hotcell test suites/ --filter '/sum|product/' --label lang=c
  hotcell test --reporter junit=out/junit.xml --reporter html=out/report.html grading.yaml
  hotcell test --repeat 20 --bail flaky.suite.yaml
  hotcell test --shard 2/4 --reporter json=part2.json suites/
  hotcell test --resume
`;

export const VALIDATE_HELP = `
Every problem of every file is shown, with its line and column. Exits with 2 when there is one.

Examples:
  hotcell validate
  hotcell validate grading.yaml 'suites/**/*.suite.yaml'
`;

export const INIT_HELP = `
Examples:
  hotcell init
  hotcell init my-suite && hotcell test my-suite
`;

export const REPORT_HELP = `
FILE is what "hotcell test --reporter json=FILE" wrote, or jsonl. Without --reporter it is the
summary. Several, such as those of all shards, become one report; a case may be in one of them
only, unless --latest says which counts. "hotcell report diff" compares two.

Examples:
  hotcell report run.json
  hotcell report run.json --reporter html=report.html --reporter junit=junit.xml
  hotcell report part1.json part2.json --reporter html=report.html
  hotcell report diff before.json after.json
`;

export const DIFF_HELP = `
Exits with 1 when something does not pass that passed before, or that is new. What is slower or
takes more memory beyond noise is shown, and does not count.

Examples:
  hotcell report diff before.json after.json
  hotcell report diff --json before.json after.json | jq .newFailures
`;

export const HELP_HELP = `
Examples:
  hotcell help
  hotcell help test
`;

export const VERSION_HELP = `
Examples:
  hotcell version
`;
