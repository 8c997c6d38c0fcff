/** The package as a library: the client, the server, and what both need. */
export * from './client.ts';
export * from './server.ts';
