/**
 * What a sandbox must withstand, by id. The tests of test/security have the id as the name of their outermost `describe`; what
 * other tests prove is named here, so that it is not written twice. `npm run test:security` runs all of it and prints the table.
 */
export interface Attack {
  readonly id: string;
  readonly title: string;
  /** File below test/ without `.test.ts`, and the beginnings of full names; [] = all of it. */
  readonly proof?: Readonly<Record<string, readonly string[]>>;
}

export const ATTACKS: readonly Attack[] = [
  {
    id: 'A1',
    title: 'opens the binary of launcher or init for writing, or is started by way of it',
    proof: { 'integration/programs-host': ['host files'] },
  },
  { id: 'A2', title: 'starts in a directory of /proc/self/fd' },
  {
    id: 'A3',
    title: 'looks for descriptors of others',
    proof: { 'integration/programs-inside': ['what a program has exactly three open descriptors'] },
  },
  {
    id: 'A4',
    title: 'reads or traces init, or a process of another sandbox',
    proof: {
      'integration/attacks-init': [],
      'integration/programs-host': ['another run finds nothing of one that is running now'],
    },
  },
  {
    id: 'A5',
    title: 'brings an image whose mount points are links',
    proof: { 'integration/image-run-hostile': [] },
  },
  {
    id: 'A6',
    title: 'brings an image with a /dev of its own',
    proof: {
      'integration/image-run-hostile': ['devices of an image are none'],
      'integration/image-run-plans': [],
    },
  },
  {
    id: 'A7',
    title: 'has a capability in any set, or gets one',
    proof: {
      'integration/programs-inside': ['what a program is an ordinary user without a single capability'],
      'integration/image-run-rights': [],
    },
  },
  { id: 'A8', title: 'is given a user that reads like another', proof: { 'unit/spec/user': [] } },
  {
    id: 'A9',
    title: 'is given odd names: files, hosts, variables, sizes',
    proof: { 'unit/spec/files': [], 'unit/spec/tmpfs': [], 'unit/spec/volume': [] },
  },
  { id: 'A10', title: 'sets variables that loaders and Node obey' },
  {
    id: 'A11',
    title: 'kills, stops or hides from what runs it, or floods its descriptors',
    proof: { 'integration/programs-behaviour': ['programs that attack what runs them', 'no signal that'] },
  },
  {
    id: 'A12',
    title: 'leaves a grandchild that keeps its output open',
    proof: { 'integration/programs-behaviour': ['programs that leave others behind'] },
  },
  {
    id: 'A13',
    title: 'leaves things for the next run, or for one beside it',
    proof: {
      'integration/programs-host': ['another run'],
      'integration/attacks-slot-reuse': [],
    },
  },
  {
    id: 'A14',
    title: 'has its launcher, keeper, init or Node killed at any moment',
    proof: { 'integration/random-kills': [], 'integration/launcher-replaced': [] },
  },
  {
    id: 'A15',
    title: 'sends the launcher frames that are wrong',
    proof: { 'integration/launcher-protocol': [], 'integration/launcher-plans': [] },
  },
  { id: 'A16', title: 'is nothing that can be executed', proof: { 'integration/programs-exit': [] } },
  { id: 'B1', title: 'changes roots and mounts' },
  { id: 'B2', title: 'opens files by handle' },
  {
    id: 'B3',
    title: 'makes device nodes',
    proof: { 'integration/programs-inside': ['what a program sees mounted nothing with devices'] },
  },
  { id: 'B4', title: 'makes or enters namespaces' },
  {
    id: 'B5',
    title: 'writes to cgroups',
    proof: { 'integration/programs-inside': ['what a program sees mounted no path of the host'] },
  },
  { id: 'B6', title: 'writes to /proc/sys and its like' },
  { id: 'B7', title: 'reads what the kernel knows of the host' },
  { id: 'B8', title: 'uses keyrings' },
  { id: 'B9', title: 'looks into other processes', proof: { 'integration/attacks-init': [] } },
  { id: 'B10', title: 'types into the terminal of its caller' },
  { id: 'B11', title: 'uses io_uring' },
  { id: 'B12', title: 'calls what only administrators need', proof: { 'integration/seccomp': [] } },
  { id: 'B13', title: 'opens sockets of rare protocols, by any numbering of calls' },
  {
    id: 'B14',
    title: 'reaches the network of the host',
    proof: { 'integration/programs-host': ['host sockets'] },
  },
  {
    id: 'B15',
    title: 'gains from set-uid programs and file capabilities',
    proof: { 'integration/image-run-hostile': ['setuid programs and file capabilities'] },
  },
  {
    id: 'B16',
    title: 'dumps core for a helper of the host',
    proof: { 'integration/attacks-shared-kernel': ['the limit that keeps crashes'] },
  },
  { id: 'B17', title: 'writes to files of its own process in /proc' },
  { id: 'B18', title: 'sets clocks, names and priorities' },
  {
    id: 'B19',
    title: 'reads secrets of the host',
    proof: { 'integration/programs-host': ['host files secrets cannot be read'] },
  },
  {
    id: 'C1',
    title: 'makes processes without end',
    proof: {
      'integration/programs-behaviour': ['programs that make processes'],
      'integration/limits-pids': [],
    },
  },
  {
    id: 'C2',
    title: 'takes memory of every kind',
    proof: {
      'integration/limits-memory': [],
      'integration/programs-behaviour': ['kernel memory'],
      'integration/attacks-shared-kernel': ['a program that fills the buffers'],
    },
  },
  {
    id: 'C3',
    title: 'makes files without number, depth or proper names',
    proof: { 'integration/limits-disk': ['inodes'] },
  },
  {
    id: 'C4',
    title: 'writes output without end',
    proof: {
      'integration/limits-output': [],
      'integration/programs-behaviour': ['programs that write a lot'],
    },
  },
  {
    id: 'C5',
    title: 'fills the disk, or pretends to',
    proof: { 'integration/limits-disk': ['disk', 'file size'] },
  },
  {
    id: 'C6',
    title: 'uses CPU by every way, ignores what would end it, or stops itself',
    proof: {
      'integration/limits-cpu-time': [],
      'integration/programs-behaviour': ['programs that use the CPU', 'programs that do nothing'],
    },
  },
  {
    id: 'C7',
    title: 'makes outputs that are no files',
    proof: { 'integration/library-files': ['outputs'] },
  },
  {
    id: 'C8',
    title: 'does not read its input',
    proof: {
      'integration/library-files': ['stdin'],
      'integration/programs-handle': ['live input'],
    },
  },
  { id: 'C9', title: 'is source code that eats its compiler' },
  {
    id: 'C10',
    title: 'ends at once, or is nothing, a thousand times',
    proof: { 'integration/programs-handle': ['a program that ends at once'] },
  },
  {
    id: 'D1',
    title: 'brings an archive with names that lead outside',
    proof: { 'unit/image/archive/names': [], 'integration/image-tree-paths': [] },
  },
  {
    id: 'D2',
    title: 'writes through links planted before',
    proof: { 'integration/image-tree': [], 'integration/image-tree-malformed': [] },
  },
  {
    id: 'D3',
    title: 'abuses whiteouts',
    proof: { 'unit/image/archive/whiteouts': [], 'integration/image-tree-whiteouts': [] },
  },
  {
    id: 'D4',
    title: 'brings devices, set-uid bits and attributes',
    proof: { 'unit/image/archive/entries': [], 'unit/image/archive/properties': [] },
  },
  {
    id: 'D5',
    title: 'has digests, sizes and indexes that are wrong',
    proof: { 'unit/image/manifest/documents': [], 'unit/image/manifest/find-manifest': [] },
  },
  {
    id: 'D6',
    title: 'is a bomb, cut off, or has bits turned',
    proof: { 'unit/image/compression/decompress': [], 'unit/image/archive/headers': [] },
  },
  { id: 'D7', title: 'has links where files should be', proof: { 'unit/image/formats/wrong': [] } },
  { id: 'D8', title: 'has accounts that are no files', proof: { 'unit/image/archive/accounts': [] } },
  { id: 'D9', title: 'has a config of odd values', proof: { 'unit/image/manifest/config': [] } },
  {
    id: 'D10',
    title: 'is imported twice at once, or not to its end',
    proof: { 'integration/images-store': [], 'unit/image/store/unsynced': [] },
  },
  { id: 'E1', title: 'is a suite that is a bomb', proof: { 'unit/spec/suite/yaml': [] } },
  {
    id: 'E2',
    title: 'has patterns that never end',
    proof: { 'integration/suites-judging': [] },
  },
  {
    id: 'E3',
    title: 'writes what terminals and browsers obey',
    proof: { 'integration/report-html': [] },
  },
  {
    id: 'E4',
    title: 'has env files, volumes and sizes of odd forms',
    proof: { 'unit/spec/env-file': [], 'unit/spec/volume': [], 'unit/spec/limits': [] },
  },
  {
    id: 'E5',
    title: 'is interrupted, or loses its terminal, pipe or disk',
    proof: { 'integration/cli/signals': [], 'integration/cli/streams': [] },
  },
  { id: 'R1', title: 'writes to a file that it may only read, by pages, pipes, leases and reopening' },
  { id: 'R2', title: 'changes what is not its own: file systems, mount points, devices' },
  { id: 'R3', title: 'stops, limits, slows or signals init by ways other than kill' },
  { id: 'R4', title: 'takes back what it gave up, or forges who it is' },
  { id: 'R5', title: 'counts and lists what is outside' },
  { id: 'R6', title: 'opens terminals and devices of others' },
  { id: 'R7', title: 'asks for what made holes worse: old layouts, tables, page 0, a network' },
  { id: 'R8', title: 'makes whoever opens a file wait, by a lease' },
  { id: 'R9', title: 'takes all of a kind of kernel object from the sandboxes beside it' },
  { id: 'R10', title: 'makes system calls at random' },
];
