export const PS_HELP = `
Keys of --filter: id, name, label, status (running, exited, lost), exited (an exit code), ancestor
(an image), kind (run, test), since and before (a run). One of several values of a key has to fit,
and something of every key; labels with different names all have to. A name and an id may be a glob
(web-*) or a regular expression, a label's value and an image a glob.

--format takes json, table, "table TEMPLATE" or a template with the fields .ID .Names .Kind .Image
.Command .CreatedAt .RunningFor .Status .State .ExitCode .Labels, and .Label "KEY".

Examples:
  hotcell ps -a
  hotcell ps -a --filter exited=1 --filter label=team=compilers
  hotcell ps -a --format 'table {{.ID}}\\t{{.Names}}\\t{{.Status}}'
  hotcell rm $(hotcell ps -aq --filter status=exited)
`;

export const LOGS_HELP = `
RUN is the name of a run, its id, or the beginning of one. The log of a test has a line for each
case that has ended. Times are 2026-01-31T12:00:00Z, seconds since 1970, or how long ago: 10m.

Examples:
  hotcell logs web
  hotcell logs -f --tail 10 web
  hotcell logs -t --since 1h web
`;

export const INSPECT_HELP = `
RUN is the name of a run, its id, or the beginning of one. --format takes json or a template.

Exits with 1 when one of the runs is not there; the others are shown.

Examples:
  hotcell inspect web
  hotcell inspect --format '{{.state.exitCode}}' web
  hotcell inspect --format '{{.outcome.metrics.cpuMs}} ms, {{json .labels}}' web
`;

export const RM_HELP = `
RUN is the name of a run, its id, or the beginning of one. What is removed is printed.

Exits with 1 when one of the runs is not there, or runs and --force is not given.

Examples:
  hotcell rm web
  hotcell rm -f $(hotcell ps -aq)
`;
