/** Of server pods alone: their doors, and the containers of clients. */
import type { Entries } from './entry.ts';

const OF_CONTAINER = ['client', 'uuid', 'port', 'start'];
const TOKEN_COUNTS = ['listed', 'usable'];

export const SERVER_ENTRIES: Entries = {
  'serving clients': { means: 'The pod is ready, and listens.' },
  'public key': { means: 'What clients know the server by; `onetime` keys are of this pod alone.' },
  'settings reloaded': { means: 'What the operator says has changed, and holds from now on.' },
  'settings cannot be reloaded, those before stay': {
    means: 'The mounted settings can not be read, or are none that this release understands.',
    remedy: 'The error says which; mostly the pods are older or newer than the operator: let both have one release.',
  },
  'access tokens loaded': { means: 'Clients need an access token, and this many are known.', more: TOKEN_COUNTS },
  'access tokens reloaded': { means: 'The list has changed, and holds from now on.', more: TOKEN_COUNTS },
  'access tokens cannot be reloaded, those before stay': {
    means: 'The mounted list can not be read; a token that was taken back may still open the server.',
    remedy: 'The error says why; look at the Secret of the list, and delete it for the operator to write it anew.',
  },
  'TLS certificate read': { means: 'A certificate and its key are in use from now on.' },
  'TLS certificate not taken, the one before stays': {
    means: 'The mounted certificate can not be read, or does not fit its key; the old one may run out.',
    remedy: 'The error says why; mend the Secret that spec.tls or spec.web.tls names.',
  },

  'request answered': {
    means: 'A client was served: what it asked for, what it was told, and how long it took, in one line.',
    more: ['generation', 'transport'],
  },
  'connection ended early': {
    means: 'A connection ended before there was a request: mostly a port scan, or a time limit.',
  },
  'internal error': {
    means: 'Serving a client failed by a fault of the server; the client was told `Internal error`, and nothing more.',
    remedy: 'The error says what; with the code `EndpointShellFailed` the ISO, or containers.endpoint, is at fault.',
  },
  'the web server cannot accept a connection': {
    means: 'The system gave the web server no connection, mostly for want of file descriptors.',
    remedy: 'Lower pod.maxConnections, or raise the limit of open files of the nodes.',
  },
  'an HTTP request could not be answered': {
    means: 'Serving an HTTP client failed by a fault of the server; its connection was closed.',
    remedy: 'Report it with the error.',
  },

  'container ready': {
    means: 'A container is set up and can be reached; its credentials are about to be sent.',
    more: OF_CONTAINER,
  },
  'container delivered': {
    means: 'The client has taken the credentials: the container is its own.',
    more: OF_CONTAINER,
  },
  'warm container failed, the next one is taken': {
    means:
      'A container that was booted ahead failed when it was claimed. It was destroyed; the client waits a little longer.',
    remedy: 'Look at the code in the list of reasons where it comes often.',
    more: OF_CONTAINER,
  },
  'no container was created': {
    means: 'A client asked for a container and got none; the code says why.',
    remedy: 'Look at the code in the list of reasons.',
  },
  'undelivered container destroyed': {
    means: 'The client left, or something failed, before the container was its own; it is gone.',
    more: OF_CONTAINER,
  },
  'undelivered container not destroyed': {
    means: 'A container that nobody has could not be destroyed now. The operator does it when its time is up.',
    remedy: 'Nothing needs to be done; where it comes often, look at the API server.',
    more: OF_CONTAINER,
  },
  'delivery not recorded': {
    means:
      'The client has its container, but the cluster does not know that: the operator may destroy it as never delivered.',
    remedy: 'Look at the API server, and at the right of the server pods to patch machines.',
    more: OF_CONTAINER,
  },
  'the platform knows no reboot policy, the machine is made without': {
    means: 'KubeVirt is another one than the operator saw; a machine that is reset starts anew.',
    remedy: 'Nothing needs to be done: the operator looks again within minutes. See `RebootPolicyUnsupported`.',
  },
  'the Event of a container was not created': {
    means: 'A step in the story of a container is missing among its Events; nothing else is affected.',
    remedy: 'Look at the error: the right of server pods to create Events, or the API server.',
  },
  'the Event of a failed container was not created': {
    means: 'Why a client got no container is not told by an Event; the line before it says the same.',
    remedy: 'Look at the error: the right of server pods to create Events, or the API server.',
  },
};
