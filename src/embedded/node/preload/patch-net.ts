import net from 'node:net';
import { mapConnect, mapListen } from './map-addresses.ts';
import type { PodView } from './pod-view.ts';

/** Makes every TCP server of this process listen on the pod's address, and connections to pods find them. */
export function patchNet(view: PodView): void {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]): net.Server {
    return Reflect.apply(listen, this, mapListen(view, args));
  };
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    return Reflect.apply(connect, this, mapConnect(view, args));
  };
}
