/**
 * Whether the segments of a grant fit those of a path, one by one. `*` takes one segment that is not empty;
 * `**`, the last segment of a grant, takes all that are left if they are `tailMin` at least.
 *
 * One pass, no backtracking, no regular expression made from what a token says.
 */
export function fitsSegments(grant: readonly string[], path: readonly string[], tailMin: 0 | 1): boolean {
  for (const [index, wanted] of grant.entries()) {
    if (wanted === '**' && index === grant.length - 1) return path.length >= index + tailMin;
    const segment = path[index];
    if (segment === undefined) return false;
    if (wanted === '*' ? segment === '' : wanted !== segment) return false;
  }
  return grant.length === path.length;
}
