import type { ReactNode } from 'react';

const pieces =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<string>'[^'\n]*'|`[^`]*`)|(?<word>\b(?:import|from(?= ')|export|const|async|await|return|if|throw|new|type(?= ))\b)|(?<number>\b\d[\d_]*\b)|(?<guard>\bcs\.guard\([^)]*\)|\bguard\([^)]*\)|\bdefineOperation\b)/g;

/** TypeScript in a few colours: comments, texts, words of the language, and the guard. */
export function Code({ source, title }: { readonly source: string; readonly title: string }): ReactNode {
  return (
    <pre tabIndex={0} role="region" aria-label={`Code: ${title}`}>
      <code>{coloured(source.trimEnd())}</code>
    </pre>
  );
}

function coloured(source: string): ReactNode[] {
  const shown: ReactNode[] = [];
  let end = 0;
  for (const match of source.matchAll(pieces)) {
    const [kind = ''] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    shown.push(
      source.slice(end, match.index),
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    );
    end = match.index + match[0].length;
  }
  return [...shown, source.slice(end)];
}
