import type { ReactNode } from 'react';

/** Text of unknown direction: it neither turns what stands around it nor is turned by it (HTML, `bdi`). */
export function Isolated({ text }: { readonly text: string }): ReactNode {
  return <bdi>{text}</bdi>;
}
