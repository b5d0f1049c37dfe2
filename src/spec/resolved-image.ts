/** What is to be known of an image of the store before a program can run in it. */

/** What an image says about how to run it, by the rules of the OCI image configuration. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly workdir: string | null;
  /** As it is written in the image: user, or user and group, by name or number. */
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | null;
  /** Absolute paths. */
  readonly volumes: readonly string[];
  /** Such as `80/tcp`. */
  readonly exposedPorts: readonly string[];
}

/** An image as a run needs it; made by the image store. */
export interface ResolvedImage {
  /** As the user wrote it. */
  readonly reference: string;
  /** `sha256:<hex>` of the config. */
  readonly id: string;
  /** Absolute directories, lowest first, at least one. */
  readonly layers: readonly string[];
  /** Held shared while a run uses the image. */
  readonly lockPath: string;
  readonly config: ImageConfig;
  /** Text of its /etc/passwd and /etc/group; empty when there is none, or it is no regular file of at most 1 MiB. */
  readonly passwd: string;
  readonly group: string;
}

/** Where a run gets its image from. */
export interface ImageSource {
  /** @throws HotcellError `image-not-found` with the nearest names that there are */
  resolve(reference: string): Promise<ResolvedImage>;
}
