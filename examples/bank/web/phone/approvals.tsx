import type { ReactNode } from 'react';
import { Asked } from './asked.tsx';
import { Notice } from './notice.tsx';
import type { usePhone } from './use-phone.ts';

interface ApprovalsProps {
  readonly phone: ReturnType<typeof usePhone>;
  readonly onAsked: () => void;
}

export function Approvals({ phone: { state, retry, pair, lost }, onAsked }: ApprovalsProps): ReactNode {
  switch (state.is) {
    case 'opening':
      return <Notice text="One moment: the phone makes its key and shows the bank the public half." />;
    case 'failed':
      return <Notice text="The bank cannot be reached." action="Try again" onAction={retry} />;
    case 'replaced':
      return (
        <Notice
          text="Another browser has become this phone. Only one of them can approve."
          action="Use this one"
          onAction={pair}
        />
      );
    case 'open':
      return <Asked phone={state.phone} onAsked={onAsked} onLost={lost} />;
  }
}
