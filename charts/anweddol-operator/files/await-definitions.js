// Ends well once the API server has answered for the custom resources three times on end: there may be several of them.
const { readFileSync } = require('node:fs');
const { get } = require('node:https');

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const KINDS = ['anweddolservers', 'anweddolaccesstokens'];
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const deadline = Date.now() + 120_000;

function names() {
  const headers = { authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, 'utf8').trim()}` };
  const ca = readFileSync(`${ACCOUNT}/ca.crt`);
  const path = '/apis/anweddol.io/v1alpha1';
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, headers, ca, agent: false, timeout: 5_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`HTTP ${response.statusCode}`));
        resolve(JSON.parse(text).resources.map(({ name }) => name));
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer'))).on('error', reject);
  });
}

async function look(before) {
  let why = 'not all of them are there';
  const found = await names().catch((error) => void (why = error.message));
  const answers = found && KINDS.every((name) => found.includes(name)) ? before + 1 : 0;
  if (answers === 3) return console.log('the API server has the custom resources');
  if (answers === 0 && Date.now() > deadline) {
    console.error(`the API server does not have the custom resources of anweddol.io: ${why}`);
    process.exit(1);
  }
  setTimeout(look, 300, answers);
}

look(0);
