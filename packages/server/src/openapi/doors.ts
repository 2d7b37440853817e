import { Hono } from 'hono';
import { documentDoor, type DocumentDoorOptions } from './document-door.ts';
import { restDoor, type RestDoorOptions } from './rest-door.ts';

export type OpenApiOptions = RestDoorOptions & DocumentDoorOptions;

/** The same procedures for other languages (the contract, §6): what describes them, and what is described. */
export function openApiDoors(options: OpenApiOptions): Hono {
  return new Hono().route('/', documentDoor(options)).route('/', restDoor(options));
}
