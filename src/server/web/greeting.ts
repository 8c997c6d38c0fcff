import { type Answer, ok } from '../answer.ts';

const PROJECT = 'https://github.com/the-anweddol-project';

/** What whoever looks at the server with a browser finds. */
export const greeting: Answer = {
  ...ok({ links: [PROJECT, `${PROJECT}/Anweddol-client`, `${PROJECT}/Anweddol-server`] }),
  message: 'This is an Anweddol server. /openapi.json says how to talk to it.',
};
