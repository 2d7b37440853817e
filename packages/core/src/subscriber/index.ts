export { listSubscribers } from './list.ts';
export { removeSubscriber } from './remove.ts';
export { replaySubscriber } from './replay.ts';
export { resumeSubscriber } from './resume.ts';
