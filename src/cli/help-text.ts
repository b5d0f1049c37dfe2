export const PROGRAM_HELP = `
Examples:
  hotcell run ./downloaded-binary --its-own-flag
  hotcell run -m 64m --timeout 2s -- python3 -c 'print(6 * 7)'
  hotcell doctor

"hotcell COMMAND --help" says more about each command.
`;

export const RUN_HELP = `
Flags marked * may be given more than once. With mode overlay the program may write, and nothing of
it reaches the host.

COMMAND with a slash that is a file here is copied to /box and run there; one without a slash is
looked for on PATH inside. Flags end at COMMAND: what follows belongs to the program. Nothing else
of this host's files is visible, there is no network, and nothing is left when the program ends.

Exit codes:
  the program's own, or 128+N when signal N ended it
  124  time or CPU time limit            125  Hotcell could not do what was asked
  137  memory limit (or SIGKILL)         126  COMMAND cannot be executed
  153  output limit                      127  COMMAND was not found
  159  forbidden system call               2  the flags are wrong

Ctrl-C is passed to the program; a second one ends it. SIGTERM and SIGHUP end it at once.

Examples:
  hotcell run ./downloaded-binary --its-own-flag
  hotcell run -it bash
  hotcell run -m 64m --cpu-time 2s --network none -- python3 -c 'print(6 * 7)'
  hotcell run --copy-in ./src:src --copy-out result.txt:out/ -- make -C src
  hotcell run -v ./data:/data:ro --env-file .env -- sh -c 'wc -l /data/*'
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
  hotcell schema job > job.schema.json
  hotcell schema outcome | jq '.properties.status.enum'
`;

export const COMPLETION_HELP = `
Examples:
  hotcell completion bash > /etc/bash_completion.d/hotcell
  hotcell completion zsh > "\${fpath[1]}/_hotcell"
  hotcell completion fish > ~/.config/fish/completions/hotcell.fish
`;
