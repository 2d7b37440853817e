import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Code } from './code.tsx';
import { Loading } from './loading.tsx';
import { codeQuery } from './queries.ts';
import { Unreachable } from './unreachable.tsx';

/** Three sentences, and the code that runs, as the server reads it from its own files. */
export function Guarded(): ReactNode {
  const code = useQuery(codeQuery);
  return (
    <section className="guarded" aria-labelledby="guarded">
      <div>
        <h2 id="guarded">How is this guarded?</h2>
        <p>
          The operation says what somebody reads before they approve, and from which amount on they are asked.
        </p>
        <p>
          The guard stands in front of the mutation: without an approval of exactly these values it answers
          428, and nothing has happened.
        </p>
        <p>
          With one, the approval is used up and the money moves in one transaction, so that both happen, once,
          or neither does.
        </p>
      </div>
      <div className="sources">
        {code.isPending && <Loading lines={8} />}
        {code.isError && <Unreachable what="The code did not come." retry={() => void code.refetch()} />}
        {code.data?.map(({ title, file, line, text }) => (
          <figure key={`${file}:${line}`}>
            <figcaption>
              {title}{' '}
              <span className="mono">
                {file}:{line}
              </span>
            </figcaption>
            <Code source={text} title={title} />
          </figure>
        ))}
      </div>
    </section>
  );
}
