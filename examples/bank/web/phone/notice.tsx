import type { ReactNode } from 'react';
import { Clock } from './clock.tsx';

interface NoticeProps {
  readonly text: string;
  readonly action?: string;
  readonly onAction?: () => void;
}

/** When the phone is not ready, why, and what helps. */
export function Notice({ text, action, onAction }: NoticeProps): ReactNode {
  return (
    <div className="locked">
      <Clock />
      <span />
      <div className="rest" role="status">
        <p>{text}</p>
        {action !== undefined && (
          <button type="button" className="button light" onClick={onAction}>
            {action}
          </button>
        )}
      </div>
    </div>
  );
}
