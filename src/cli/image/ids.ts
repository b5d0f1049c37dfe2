const SHORT = 12;

/** `sha256:<hex>` as docker shows it: the whole, or the first digits. */
export const idCell = (id: string, truncates: boolean): string =>
  truncates ? id.replace(/^[a-z0-9]+:/, '').slice(0, SHORT) : id;
