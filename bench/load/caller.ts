/** Calls procedures of one server, one after the other, at the least cost to the process it runs in. */
export interface Caller {
  /** What the server answered, as text; throws for anything but a result. */
  call(type: 'query' | 'mutation', path: string, input?: unknown): Promise<string>;
  close(): void;
}

export interface Target {
  readonly port: number;
  /** `Bearer …`; absent where nobody asks. */
  readonly authorization?: string | undefined;
}

export function assertResult(text: string): string {
  if (!text.includes('"result":')) throw new Error(`no result: ${text.slice(0, 500)}`);
  return text;
}
