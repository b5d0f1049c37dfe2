/** What prints the names of the images that are here, one a line, for the completion of a shell. */
export const imageNames = (program: string): string =>
  `${program} image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v '<none>'`;

/** What may stand where an image does, without being one of these. */
export const IMAGE_WORDS = ['host', 'dir:'];
