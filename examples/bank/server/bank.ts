import type { Countersign, DemoSurroundings } from '@countersign/server';
import type { MikroORM } from '@mikro-orm/postgresql';

/** What the bank runs on. */
export interface Bank {
  readonly cs: Countersign;
  readonly orm: MikroORM;
  /** Countersign's procedures, called by the bank itself. */
  readonly service: ReturnType<Countersign['createCaller']>;
  /** Seals what the people of the demo keep at home. */
  readonly key: Buffer;
  /** Puts something into the inbox of the demo. */
  readonly send: DemoSurroundings['send'];
  /** Says something at the terminal. */
  readonly tell: DemoSurroundings['tell'];
  readonly logger: DemoSurroundings['logger'];
}
