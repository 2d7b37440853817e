import type { AnyTRPCRouter } from '@trpc/server';
import { enter, enterOpen } from '../middleware/enter.ts';
import { isGuarded } from '../guard/mark.ts';
import { isOurPath } from './our-paths.ts';
import { decidesAccess, isPaid } from './scoped.ts';

/** Procedures of which nobody has said who may call them. */
export class UndeclaredProceduresError extends Error {
  override readonly name = 'UndeclaredProceduresError';
  /** One sentence for each. */
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(`Not every procedure says who may call it:\n${findings.map((line) => `- ${line}`).join('\n')}`);
    this.findings = findings;
  }
}

/**
 * Looks at every procedure of a router, also of those that load later: each must be one of ours, `scoped`, `paidBy`,
 * guarded or `open`. What it looks for is the middleware itself, so that a word in the metadata is not taken for a check.
 *
 * @throws UndeclaredProceduresError
 */
export async function auditProcedures(router: AnyTRPCRouter): Promise<void> {
  const findings: string[] = [];
  for (const [path, procedure] of await allProcedures(router)) {
    const { middlewares, meta } = procedure._def;
    if (middlewares.some(isEnter)) findings.push(...findingsOfOurs(path, meta?.path));
    else if (!middlewares.some(decidesAccess))
      findings.push(`${path} is neither scoped nor open: t.procedure.concat(cs.scoped) or .concat(cs.open)`);
    else if (middlewares.some(isPaid) && procedure._def.type !== 'mutation')
      findings.push(`${path} is paid for and no mutation: what a grant pays for happens once`);
    else if (middlewares.some(isGuarded) && procedure._def.type !== 'mutation')
      findings.push(`${path} is guarded and no mutation: what is authorized happens once`);
    else if (middlewares.filter(isGuarded).length > 1)
      findings.push(`${path} is guarded twice: make one operation of both`);
    else if (isOurPath(path))
      findings.push(`${path} begins like a procedure of Countersign: give its router another key`);
  }
  if (findings.length > 0) throw new UndeclaredProceduresError(findings);
}

function findingsOfOurs(path: string, ownPath: string | undefined): string[] {
  if (ownPath !== undefined && (path === ownPath || path.endsWith(`.${ownPath}`))) return [];
  return [`${path} is called ${ownPath ?? 'nothing'}: nest cs.router as a whole`];
}

const entrances = [enter, enterOpen].flatMap(({ _middlewares }) => _middlewares as readonly object[]);
const isEnter = (middleware: object): boolean => entrances.includes(middleware);

/** What is read of tRPC's own records. */
interface AuditedProcedure {
  readonly _def: {
    readonly type: string;
    readonly middlewares: readonly object[];
    readonly meta?: { readonly path?: string };
  };
}

async function allProcedures(router: AnyTRPCRouter): Promise<[string, AuditedProcedure][]> {
  const { lazy } = router._def as unknown as { lazy: Record<string, { load(): Promise<unknown> }> };
  // What was loaded may hold routers that load later still.
  for (let [key] = Object.keys(lazy); key !== undefined; [key] = Object.keys(lazy)) await lazy[key]?.load();
  return Object.entries(router._def.procedures as unknown as Record<string, AuditedProcedure>);
}
