/** The client's half that is read out of the server and of core: types, router type, tables, the rules of tokens. */
export { clientFile } from './generate-client/client-file.ts';
export { datesFile } from './generate-client/dates-file.ts';
export { errorsFile } from './generate-client/errors-file.ts';
export { indexFile } from './generate-client/index-file.ts';
export { stylesheetFile } from './generate-client/stylesheet-file.ts';
export { operatorProceduresFile, proceduresFile } from './generate-client/procedures-file.ts';
export { routerFile } from './generate-client/router-file.ts';
export { schemaFile } from './generate-client/schema-file.ts';
export { scopedTokenFiles } from './generate-client/scoped-token-files.ts';
