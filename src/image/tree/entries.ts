/**
 * Relative to the tree's directory, without a slash in front, `.`, `..` or an empty component; bytes, or text that
 * becomes UTF-8. At most 4,095 bytes, 255 a component. '' is the directory itself, for `directory`, `opaque`, `times` and
 * `xattr`.
 */
export type TreePath = string | Uint8Array;

export interface TreeTime {
  /** Since 1970; negative before. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

export interface TreeEntry {
  readonly path: TreePath;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** 0 to 65,534. */
  readonly uid: number;
  readonly gid: number;
  readonly mtime: TreeTime;
}

export interface TreeFile extends TreeEntry {
  /** So many bytes of `data` follow, before anything else. */
  readonly size: number;
}

/** Nobody uses a symlink's mode. */
export interface TreeSymlink extends Omit<TreeEntry, 'mode'> {
  /** As it is: it may point anywhere, and is never followed by its last component. Not empty. */
  readonly target: TreePath;
}

/** `target` is an entry of this tree that came before. */
export interface TreeHardlink {
  readonly target: TreePath;
  readonly path: TreePath;
}

export interface TreeXattr {
  /** A regular file or directory that came before. */
  readonly path: TreePath;
  /** `user.…`, but not `user.overlay.…`. */
  readonly name: TreePath;
  /** At most 64 KiB. */
  readonly value: Uint8Array;
}
