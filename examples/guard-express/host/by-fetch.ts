import { raw, type Request as Asked, type RequestHandler } from 'express';

/**
 * A handler in the style of the Fetch API, in Express: what came in is read as bytes and handed over, and nothing is sent
 * before the answer is there. So a transaction has committed, or not, before anybody is told.
 */
export function byFetch(answer: (request: Request, asked: Asked) => Promise<Response>): RequestHandler[] {
  const handle: RequestHandler = async (asked, res) => {
    const { status, headers, body } = await answer(requestOf(asked), asked);
    res.status(status);
    headers.forEach((value, name) => void res.append(name, value));
    for await (const chunk of body ?? []) res.write(chunk);
    res.end();
  };
  return [raw({ type: () => true, limit: '64kb' }), handle];
}

function requestOf(asked: Asked): Request {
  const headers = new Headers();
  const { rawHeaders, method, originalUrl } = asked;
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const body: unknown = asked.body;
  return new Request(`http://${asked.host}${originalUrl}`, {
    method,
    headers,
    ...(body instanceof Uint8Array && { body: new Uint8Array(body) }),
  });
}
