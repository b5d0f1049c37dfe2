/** Whether `path` is `directory` or something in it; both absolute and normalised. */
export function isBeneath(path: string, directory: string): boolean {
  if (path === directory || directory === '/') return true;
  return path.startsWith(`${directory}/`);
}
