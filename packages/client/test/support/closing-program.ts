import { createCountersignClient } from '../../src/index.ts';

/** Run as a process of its own: it ends when nothing keeps it alive any more, and says how long that took. */
const [, , url = '', token = '', transport = '', ending = ''] = process.argv;
const client = createCountersignClient({ url, token, transport: transport === 'sse' ? 'sse' : 'websocket' });

const stream = client.event.stream({ from: 'start' });
const reading = (async () => {
  for await (const event of stream) {
    console.log(event.type);
    if (ending === 'break') break;
  }
})();

if (ending === 'close while away') {
  await new Promise((resolve) => setTimeout(resolve, 300));
  await client.close();
} else if (ending === 'close') {
  await client.method.list();
  await client.close();
}
await reading;
process.on('exit', () => console.log(`alive for ${Math.round(performance.now() - endedAt)} ms`));
const endedAt = performance.now();
