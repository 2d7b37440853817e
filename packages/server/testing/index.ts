export {
  createTestCountersign,
  type MethodSurroundings,
  type TestCountersign,
  type TestCountersignOptions,
  type TestCountersignWithApp,
} from './create-test-countersign.ts';
export type { TestApp, TestParts } from './test-app.ts';
export type { TestInbox, TestMessage } from './inbox.ts';
export type { TestSubject, TestSubjectOptions } from './person/subject.ts';
export { AmbiguousPrompt, NoPromptWaits, type TestPhone } from './person/phone.ts';
export { ApprovalFailed, type ApprovalMethod } from './person/approve.ts';
export { authorizationMatchers, type AuthorizationMatchers } from './authorization/matchers.ts';
export type { ExpectedAuthorization } from './authorization/expectation.ts';
export { requiredAuthorization } from './authorization/required-authorization.ts';
export { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts';
