/** As `engines` of package.json has it. */
const needed = [22, 17] as const;

/**
 * Why the command does not run on this Node; null where it does. Asked before anything is imported that an older one
 * refuses in its own words, so nothing is imported here.
 */
export function oldNode(running: string): string | null {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return null;
  return `Node ${needed.join('.')} or newer is needed; this is Node ${running}. Install one from https://nodejs.org.`;
}
