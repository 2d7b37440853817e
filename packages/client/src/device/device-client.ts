import type { AuthorizationRequests, Events } from '../countersign-client.ts';

/** What a device uses of a client: of what `createCountersignClient` makes, or of anything like it. */
export interface DeviceClient {
  readonly authorizationRequest: Pick<AuthorizationRequests, 'get' | 'list' | 'grant' | 'deny'>;
  readonly event: Pick<Events, 'list' | 'stream'>;
  readonly device: DeviceProcedures;
  close(): Promise<void>;
}

export interface DeviceProcedures {
  nonce(input: {
    readonly uuid: string;
    readonly subjectId: string;
  }): Promise<{ readonly nonce: string; readonly expiresAt: Date }>;
  authenticate(input: Authenticating): Promise<{ readonly token: string | null; readonly expiresAt: Date }>;
}

type Authenticating =
  | { uuid: string; subjectId: string; secret: string }
  | { uuid: string; subjectId: string; nonce: string; signature: string };
