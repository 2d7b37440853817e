export { Migration0001Spine } from './0001-spine.ts';
